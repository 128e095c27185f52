"""Formulas, code and prose."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.views import scenes
from tuiexplain.views.code import Code, code
from tuiexplain.views.formula import Formula, formula, formula_lines, tokenise
from tuiexplain.views.look import Depth, look
from tuiexplain.views.prose import NOT_FIRST, NOT_LAST, fitted, page, prose

LOOK = look()
WHY = Formula("∂L/∂W2[0,1]", ["δ2[0] · h[1]", "0.138 × 0.597", "+0.083"], {"δ2[0]", "0.138"})


def lines(strips) -> list[str]:
    return [strip.text.rstrip() for strip in strips]


def styled(strips, style) -> list[str]:
    return [s.text for strip in strips for s in strip if s.style is style]


# -- formulas --------------------------------------------------------------------------------------


def test_equals_signs_stand_under_each_other() -> None:
    assert lines(formula_lines(WHY, 38, LOOK)) == [
        "∂L/∂W2[0,1] = δ2[0] · h[1]",
        "            = 0.138 × 0.597 = +0.083",
    ]


def test_long_sums_are_broken_before_an_operator() -> None:
    spec = Formula("z", ["x[0]·W[0,0] + x[1]·W[0,1] - b[0]"])
    assert lines(formula_lines(spec, 24, LOOK)) == [
        "z = x[0]·W[0,0]",
        "    + x[1]·W[0,1] - b[0]",
    ]


def test_terms_stay_together_while_they_can() -> None:
    spec = Formula("z", ["0.5 × 0.125 + 0.25 × (-0.5) + 0 × 3 + 1 × 2"])
    assert lines(formula_lines(spec, 24, LOOK)) == [
        "z = 0.5 × 0.125",
        "    + 0.25 × (-0.5)",
        "    + 0 × 3 + 1 × 2",
    ]
    long = Formula("∂L/∂K[0,0]", ["∂L/∂y[0,0] × x[0,0] + ∂L/∂y[0,1] × x[0,1]"])
    assert lines(formula_lines(long, 26, LOOK)) == [
        "∂L/∂K[0,0] = ∂L/∂y[0,0]",
        "             × x[0,0]",
        "             + ∂L/∂y[0,1]",
        "             × x[0,1]",
    ]


def test_brackets_stay_together_while_they_can() -> None:
    spec = Formula("∂L/∂z2[0,0]", ["∂L/∂y[0,0] × y[0,0] × (1 - y[0,0])", "0.7 × 0.2", "0.14"])
    assert lines(formula_lines(spec, 46, LOOK)) == [
        "∂L/∂z2[0,0] = ∂L/∂y[0,0] × y[0,0]",
        "              × (1 - y[0,0])",
        "            = 0.7 × 0.2 = 0.14",
    ]
    long = Formula("m", ["(1 + 2 + 3 + 4 + 5 + 6 + 7) / 8"])
    assert lines(formula_lines(long, 20, LOOK)) == ["m = (1 + 2 + 3 + 4", "    + 5 + 6 + 7) / 8"]


def test_behind_the_comma_after_a_gradient_a_line_may_end() -> None:
    spec = Formula("", ["reshape(∂L/∂joined, (6, 2, 4))"])
    assert lines(formula_lines(spec, 24, LOOK)) == ["= reshape(∂L/∂joined,", "  (6, 2, 4))"]
    assert tokenise("∂L/∂h[1,0], 2")[0] == ("∂L/∂h[1,0]", "name")


def test_the_left_side_gives_way_to_a_piece_that_would_be_cut() -> None:
    spec = Formula("∂L/∂scores[0,0]", ["∂L/∂losses[0] × (exp(scores[0,0]) / 4)", "0.0119"])
    assert lines(formula_lines(spec, 37, LOOK)) == [
        "∂L/∂scores[0,0] = ∂L/∂losses[0]",
        "                  × (exp(scores[0,0])",
        "                  / 4) = 0.0119",
    ]
    assert lines(formula_lines(spec, 36, LOOK)) == [
        "∂L/∂scores[0,0]",
        "  = ∂L/∂losses[0]",
        "    × (exp(scores[0,0]) / 4)",
        "  = 0.0119",
    ]
    long = Formula("q[0,0]", ["h[0,0] × block_1.query.weight[0,0]"])
    assert lines(formula_lines(long, 30, LOOK)) == [
        "q[0,0]",
        "= h[0,0]",
        "  × block_1.query.weight[0,0]",
    ]


def test_a_comparison_is_broken_before_its_sign() -> None:
    spec = Formula("likelier[0,0]", ["[p[0] > p_column[0,0]]", "0"])
    assert lines(formula_lines(spec, 36, LOOK)) == [
        "likelier[0,0] = [p[0]",
        "                > p_column[0,0]] = 0",
    ]


def test_a_dot_between_factors_may_begin_a_line() -> None:
    spec = Formula("∂L/∂margin", ["∂L/∂agrees·agrees·(1 − agrees)"])
    assert lines(formula_lines(spec, 36, LOOK)) == [
        "∂L/∂margin = ∂L/∂agrees·agrees",
        "             ·(1 − agrees)",
    ]


@given(st.integers(24, 60))
def test_no_sign_is_lost_at_the_edge(width: int) -> None:
    right = "− η·shift_1.m'/(1 − β₁ᵗ) / (√(shift_1.v'/(1 − β₂ᵗ)) + ε) × (∂L/∂shift_1[0])²"
    shown = lines(formula_lines(Formula("w'", [right]), width, LOOK))
    assert "".join("".join(shown).split()) == "w'=" + "".join(right.split())


def test_a_division_may_begin_a_line_rather_than_the_end_of_its_bracket() -> None:
    spec = Formula("shift_1'", ["shift_1 − η·shift_1.m'/(1 − β₁ᵗ)"])
    assert lines(formula_lines(spec, 34, LOOK)) == [
        "shift_1' = shift_1 − η·shift_1.m'",
        "           /(1 − β₁ᵗ)",
    ]


def test_the_highlighted_parts_are_lit() -> None:
    assert styled(formula_lines(WHY, 60, LOOK), LOOK.highlight) == ["δ2[0]", "0.138"]
    shown = look(depth=Depth.NONE, ascii_only=True)
    assert "delta2[0]" in styled(formula_lines(WHY, 60, shown), shown.highlight)


def test_what_finds_no_line_is_announced() -> None:
    assert lines(formula(WHY, 38, 1, LOOK))[0].endswith("…")


def test_tokens_are_names_numbers_and_signs() -> None:
    found = [(t, k) for t, k in tokenise("∂L/∂W1[0,1] = -0.5 × W1' + 4e-5") if k != "space"]
    assert found == [
        ("∂L/∂W1[0,1]", "name"),
        ("=", "sign"),
        ("-0.5", "number"),
        ("×", "sign"),
        ("W1'", "name"),
        ("+", "sign"),
        ("4e-5", "number"),
    ]


@given(st.text(alphabet="xW[0,1]+-·×= ∂L/σ(3.5e)", max_size=60), st.integers(1, 40))
def test_wrapping_loses_no_character(text: str, width: int) -> None:
    spec = Formula("", [text])
    shown = "".join("".join(lines(formula_lines(spec, 200, LOOK))).split())
    assert shown == ("=" + "".join(text.split()))
    pieces = "".join(piece for piece, _ in tokenise(text))
    assert pieces == text


# -- code ------------------------------------------------------------------------------------------


def test_the_running_line_is_marked_with_its_direction() -> None:
    forward = lines(code(Code(scenes.SOURCE, running=7), 60, 8, LOOK).strips)
    assert next(line for line in forward if line.startswith("▶")).split()[:2] == ["▶", "7"]
    backward = lines(code(Code(scenes.SOURCE, running=7, phase="backward"), 60, 8, LOOK).strips)
    assert any(line.startswith("◀  7") for line in backward)
    assert sum("▶" in line or "◀" in line for line in forward + backward) == 2


def test_a_click_on_code_is_a_line_number() -> None:
    picture = code(Code(scenes.SOURCE, running=7), 60, 8, LOOK)
    area = picture.hits.where(7)
    assert picture.strips[area.y].text.startswith("▶")
    assert picture.hits.at(10, area.y) == 7


def test_a_long_line_is_scrolled_to_what_runs() -> None:
    source = "def f():\n    result = something(first_argument, second_argument, self.fc1(x))\n"
    at = source.splitlines()[1].index("self.fc1")
    picture = code(Code(source, 2, columns=(at, at + 11)), 30, 3, LOOK)
    running = picture.strips[1].text
    assert "self.fc1(x)" in running
    assert "‹" in running


def test_code_that_is_not_python_is_shown_as_it_is() -> None:
    text = code(Code("if if ((\n\x1b[31m'unclosed"), 30, 3, LOOK).text
    assert "if if ((" in text
    assert "\x1b" not in text


# -- prose -----------------------------------------------------------------------------------------


def test_terms_are_found_where_they_stand() -> None:
    picture = prose(scenes.ENGLISH, 37, LOOK)
    area = picture.hits.where("gradient")
    assert picture.strips[area.y].text[area.x : area.x + area.width] == "gradient"
    assert picture.hits.at(area.x, area.y) == "gradient"


def test_markers_are_not_shown() -> None:
    text = prose("a **b** `c` [[d|e]] [[f]]\n\n- g\n- h", 30, LOOK).text
    assert [line.rstrip() for line in text.splitlines()] == ["a b c e f", "", "• g", "• h"]


def test_chinese_is_broken_between_characters_and_never_before_a_stop() -> None:
    for width in range(8, 40):
        for line in lines(prose(scenes.CHINESE, width, LOOK).strips):
            assert line[:1] not in NOT_FIRST, (width, line)
            assert line[-1:] not in NOT_LAST, (width, line)


@given(st.lists(st.text(alphabet="ab权重，。（ ", max_size=20), max_size=5), st.integers(4, 30))
def test_wrapping_prose_loses_no_character(words: list[str], width: int) -> None:
    text = " ".join(words)
    shown = "".join("".join(lines(prose(text, width, LOOK).strips)).split())
    assert shown == "".join(text.split())


def test_a_number_and_its_percent_sign_stay_on_one_line() -> None:
    for text in ("读得少了。15 % 是折中。", "BERT is asked at 15 % of the places."):
        for width in range(6, 40):
            shown = lines(prose(text, width, LOOK).strips)
            assert any("15 %" in line for line in shown), (width, shown)


def test_two_short_factors_stay_on_one_line_and_a_chain_of_them_need_not() -> None:
    for text in ("注意力有四个 d × 4d 的矩阵。", "It has two matrices, of d × 4d, and more."):
        for width in range(7, 40):
            shown = lines(prose(text, width, LOOK).strips)
            assert any("d × 4d" in line for line in shown), (width, shown)
    assert lines(prose("12 × 4 × 768 × 768", 12, LOOK).strips) == ["12 × 4 × 768", "× 768"]


def test_source_lines_of_chinese_join_without_a_space() -> None:
    assert prose("权重\n梯度 and\nmore", 40, LOOK).text.strip() == "权重梯度 and more"


def test_a_page_says_that_there_is_more() -> None:
    whole = prose(scenes.ENGLISH, 20, LOOK)
    assert page(whole, 0, 20, 4, LOOK).strips[-1].text.endswith("▾")
    assert page(whole, 2, 20, 4, LOOK).strips[0].text.endswith("▴")
    last = page(whole, len(whole.strips) - 4, 20, 4, LOOK)
    assert "▾" not in last.text


def test_the_arrows_of_a_page_cover_no_letter() -> None:
    text = "word " * 40
    whole = fitted(lambda width: prose(text, width, LOOK), 20, 4)
    for top in range(len(whole.strips) - 3):
        lines = page(whole, top, 20, 4, LOOK).strips
        assert all(line.cell_length == 20 for line in lines)
        read = " ".join(line.text for line in lines).replace("\u25b4", "").replace("\u25be", "")
        assert set(read.split()) == {"word"}
    short = fitted(lambda width: prose("word " * 4, width, LOOK), 20, 4)
    assert short.strips[0].text == "word word word word "

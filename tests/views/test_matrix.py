"""Matrices: what is written where, what a click means, what is shown of a large one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.views import scenes
from tuiexplain.trace.numbers import ColumnFormat
from tuiexplain.views.look import Depth, look
from tuiexplain.views.matrix import Matrix, matrices, matrix, matrix_size
from tuiexplain.views.palette import CAUSE, CHANGED, CURSOR
from tuiexplain.views.thumbnail import number_text

LOOK = look()
PLAIN = look(depth=Depth.NONE)


def lines(strips) -> list[str]:
    return [strip.text.rstrip() for strip in strips]


def test_twins_share_a_border() -> None:
    assert lines(scenes.twins(LOOK)) == [
        "┌ W2 ─────────────┬ ∂L/∂W2 ─────────┐",
        "│ +0.4000 +0.4500 │ +0.0822 +0.0827 │",
        "│ +0.5000 +0.5500 │ -0.0226 -0.0227 │",
        "└─────────────────┴─────────────────┘",
    ]


def test_unknown_changed_and_caused_cells_are_told_apart_without_colour() -> None:
    assert lines(scenes.changed_and_causes(PLAIN)) == [
        "┌ h ────────────────────┬ W2 ─────────────────┬ ∂L/∂W2 ─────────┐",
        "│ ex 1  +0.5933◆+0.5969 │          h1      h2 │     ·       ·   │",
        "│                       │ o1  +0.4000▲+0.4500 │     ·       ·   │",
        "│                       │ o2 ▲+0.5000     ·   │                 │",
        "└───────────────────────┴─────────────────────┴─────────────────┘",
    ]


def test_numbers_that_are_no_numbers_are_seen() -> None:
    text = "\n".join(lines(scenes.rough_numbers(LOOK)))
    for word in ("nan", "+inf", "-inf", " 0 ", "4.50e-5", "1e-300"):
        assert word in text


def test_a_window_stands_around_the_cursor_and_says_where_it_is() -> None:
    text = lines(scenes.table_window(LOOK))
    assert text[-1].endswith("↕ 198–203/442  ↔ 4–8/10 ─┘")
    assert any("patient 200" in line for line in text)
    assert "s2" in text[1]


def test_what_a_gradient_is_of_shows_the_cells_beside_the_cursor() -> None:
    numbers = np.arange(60.0).reshape(20, 3)
    spec = Matrix("W", numbers, near=(17, 2), row_labels=[f"r{i}" for i in range(20)])
    assert any("r17" in line for line in lines(matrix(spec, 40, 6, LOOK).strips))


def test_every_number_stands_where_a_click_finds_it() -> None:
    values = np.arange(12.0).reshape(3, 4)
    spec = Matrix("n", values, row_labels=["a", "b", "c"], column_labels=list("wxyz"))
    picture = matrix(spec, 60, 9, LOOK)
    for cell in np.ndindex(3, 4):
        area = picture.hits.where(cell)
        text = picture.strips[area.y].text[area.x : area.x + area.width]
        assert float(text) == values[cell]
        for x in range(area.x, area.x + area.width):
            assert picture.hits.at(x, area.y) == cell
    assert picture.hits.at(0, 0) is None
    assert picture.hits.at(3, 1) is None
    assert picture.hits.where((3, 0)) is None


def test_hits_of_a_window_are_cells_of_the_whole() -> None:
    spec = Matrix("x", scenes.TABLE, cursor=(200, 5), mode="digits")
    picture = matrix(spec, 60, 9, LOOK)
    area = picture.hits.where((200, 5))
    text = picture.strips[area.y].text[area.x : area.x + area.width]
    assert float(text) == pytest.approx(scenes.TABLE[200, 5], abs=1e-4)
    assert picture.hits.where((0, 0)) is None


def test_hits_of_joined_matrices_name_the_matrix() -> None:
    picture = matrices([Matrix("a", scenes.W2), Matrix("b", scenes.G2)], 40, 4, LOOK)
    area = picture.hits.where((1, (1, 0)))
    assert picture.hits.at(area.x, area.y) == (1, (1, 0))
    assert "-0.0226" in picture.strips[area.y].text[area.x : area.x + area.width]


def test_the_cursor_changes_and_causes_have_styles_of_their_own() -> None:
    tint = LOOK.tint
    seen = {tint.style(2, flags) for flags in (0, CURSOR, CHANGED, CAUSE)}
    assert len(seen) == 4
    plain = PLAIN.tint
    assert plain.style(2, CURSOR).reverse
    assert plain.style(2, CHANGED).underline
    assert plain.style(2, CAUSE).bold


def test_a_large_matrix_becomes_colours_and_says_how_far_it_is_reduced() -> None:
    picture = matrix(Matrix("W", scenes.LARGE), 70, 18, LOOK)
    assert "48×32 ▶ 32×32" in picture.strips[-1].text
    assert "▀" in picture.text
    assert "W" in picture.strips[0].text
    whole = matrix(Matrix("W", scenes.LARGE), 70, 26, LOOK)
    assert "▶" not in whole.text


@pytest.mark.parametrize("shown", [LOOK, PLAIN], ids=["colours", "plain"])
def test_every_part_of_a_reduced_matrix_is_found_again(shown) -> None:
    picture = matrix(Matrix("W", scenes.LARGE), 40, 10, shown)
    for cell in np.ndindex(48, 32):
        area = picture.hits.where(cell)
        found = picture.hits.at(area.x, area.y)
        again = picture.hits.where(found)
        assert (again.x, again.y) == (area.x, area.y)


def test_neighbours_of_one_colour_are_one_segment() -> None:
    picture = matrix(Matrix("z", np.zeros((48, 32)), mode="heat"), 70, 26, LOOK)
    assert all(len(list(strip)) <= 4 for strip in picture.strips[1:25])


def test_tiles_are_asked_for_no_more_than_is_shown() -> None:
    class Far:
        shape = (100_000, 5_000)

        def tile(self, region, shape):
            assert shape[0] <= 40
            assert shape[1] <= 80
            return np.ones(shape)

    for mode in ("auto", "heat", "digits"):
        picture = matrix(Matrix("far", Far(), mode=mode, cursor=(5, 5)), 60, 12, LOOK)
        assert picture.strips[0].cell_length == 60


def test_the_natural_size_shows_everything() -> None:
    spec = Matrix("W2", scenes.W2, row_labels=["o1", "o2"], column_labels=["h1", "h2"])
    width, height = matrix_size(spec, LOOK)
    picture = matrix(spec, width, height, LOOK)
    assert "…" not in picture.text
    assert "↕" not in picture.text
    assert picture.strips[0].text.endswith("┐")
    assert picture.strips[-1].text.endswith("┘")
    assert "…" in matrix(Matrix("a long title", scenes.W2), 10, 4, LOOK).text


def test_equal_matrices_make_equal_strips() -> None:
    first = matrices([Matrix("W2", scenes.W2.copy(), cursor=(0, 1))], 40, 5, LOOK)
    second = matrices([Matrix("W2", scenes.W2.copy(), cursor=(0, 1))], 40, 5, LOOK)
    third = matrices([Matrix("W2", scenes.W2, cursor=(1, 1))], 40, 5, LOOK)
    assert first.strips == second.strips
    differing = [a != b for a, b in zip(first.strips, third.strips, strict=True)]
    assert differing == [False, True, True, False, False]


@given(st.floats(-1e300, 1e300), st.integers(1, 8))
def test_what_is_written_is_the_number_or_an_ellipsis(number: float, width: int) -> None:
    for text in (number_text(number, width), ColumnFormat.of([number], width)(number)):
        if width >= 5 and "…" not in text:
            written = float(text)
            assert written == pytest.approx(number, rel=0.51, abs=1e-300), text
    assert len(number_text(number, width)) <= width


def test_equal_matrices_have_one_picture_and_others_their_own() -> None:
    numbers = np.array([[0.1, -0.2]])
    first, again = (Matrix("W", numbers.copy(), causes=frozenset({(0, 1)})) for _ in range(2))
    assert first == again
    assert matrices([first], 30, 5, LOOK) is matrices([again], 30, 5, LOOK)
    other = Matrix("W", numbers + 1e-12, causes=frozenset({(0, 1)}))
    assert first != other

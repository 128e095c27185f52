"""Text as a model wrote it, and tokens on the colours of their losses."""

from __future__ import annotations

import pytest

from tuiexplain.views.look import Depth, look
from tuiexplain.views.passage import Tokens, passage, tokens

LOOK = look("dark", Depth.FULL)


def texts(strips: list) -> list[str]:
    return [strip.text.rstrip() for strip in strips]


def test_line_breaks_are_kept_and_long_lines_folded_at_spaces() -> None:
    drawn = passage("to be\n\nor not to be, that is", 12, 9, LOOK)
    assert texts(drawn) == ["to be", "", "or not to", "be, that is"]
    assert texts(passage("a\nb\nc", 5, 2, LOOK)) == ["a", "b"]
    assert texts(passage("x" * 7, 3, 9, LOOK)) == ["xxx", "xxx", "x"]


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in "".join(texts(passage("a\x1b[31mb", 20, 1, LOOK)))


@pytest.mark.parametrize("depth", [Depth.FULL, Depth.SIXTEEN, Depth.NONE])
def test_tokens_fit_and_break(depth: Depth) -> None:
    here = look("dark", depth)
    drawn = tokens(Tokens(["春", "眠", "\n", "a", "b"], [0.1, 2.0, 3.0, 0.0, 1.0]), 5, 6, here)
    assert all(strip.cell_length == 5 for strip in drawn)
    lines = [line for line in texts(drawn) if line]
    assert lines[0] == "春眠"
    assert "\\n" in "".join(lines)
    assert lines[-1] == "ab" or here.colourless


def test_losses_are_told_apart_by_colour_and_without() -> None:
    spec = Tokens(["a", "b"], [0.0, 4.0], 4.0)
    line = tokens(spec, 4, 1, LOOK)[0]
    styles = {segment.text: segment.style for segment in line}
    assert styles["a"] != styles["b"]
    plain = texts(tokens(spec, 4, 2, look("dark", Depth.NONE)))
    assert plain[0] == "ab"
    assert plain[1].strip()


def test_a_line_break_is_only_shown_where_that_is_wanted() -> None:
    spec = Tokens(["a", "\n", "b"], [1, 1, 1], breaks=False)
    assert texts(tokens(spec, 10, 1, LOOK)) == ["a\\nb"]

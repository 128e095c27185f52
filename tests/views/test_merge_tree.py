"""Tokens over the pieces that they were merged from."""

from __future__ import annotations

import pytest

from tuiexplain.views.look import Depth, look
from tuiexplain.views.merge_tree import MergeTree, Piece, merge_tree

LOOK = look("dark", Depth.FULL)

ES = Piece("es", 257, (Piece("e", 101), Piece("s", 115)))
EST = Piece("est", 258, (ES, Piece("t", 116)))
QIAN = Piece("千", 259, (Piece("E5", 0xE5), Piece("8D", 0x8D), Piece("83", 0x83)))
SPEC = MergeTree([[Piece("w", 119), EST], [QIAN]], frozenset({(0, 0)}))


def lines(spec: MergeTree, width: int, height: int) -> list[str]:
    return [strip.text.rstrip() for strip in merge_tree(spec, width, height, LOOK).strips]


def test_a_bracket_stands_over_what_was_merged() -> None:
    assert lines(MergeTree([[Piece("w", 119), EST]]), 40, 5) == [
        "    ┌───est───┐",
        "    ┌─es──┐",
        " w   e   s   t",
        "─── ───────────",
        "119     258",
    ]


def test_what_is_chosen_has_a_heavier_line() -> None:
    drawn = merge_tree(SPEC, 60, 5, LOOK).text.splitlines()
    assert drawn[3].startswith("━━━ ─")


@pytest.mark.parametrize("width", [4, 9, 17, 33, 60])
@pytest.mark.parametrize("height", [0, 1, 2, 3, 5, 9, 30])
@pytest.mark.parametrize("depth", [Depth.FULL, Depth.NONE])
def test_it_is_exactly_as_large_as_asked(width: int, height: int, depth: Depth) -> None:
    picture = merge_tree(SPEC, width, height, look("dark", depth, depth is Depth.NONE))
    assert len(picture.strips) == height
    assert all(strip.cell_length == width for strip in picture.strips)


def test_with_little_room_numbers_give_way_and_then_brackets() -> None:
    assert "258" not in "\n".join(lines(SPEC, 40, 4))
    assert "┌" in "\n".join(lines(SPEC, 40, 4))
    assert "┌" not in "\n".join(lines(SPEC, 40, 3))


def test_a_click_finds_the_token() -> None:
    picture = merge_tree(SPEC, 60, 5, LOOK)
    assert picture.hits.at(0, 2) == (0, 0)
    area = picture.hits.where((1, 0))
    assert area is not None
    assert picture.hits.at(area.x, area.y) == (1, 0)


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in "".join(lines(MergeTree([[Piece("\x1b[31m", 1)]]), 20, 3))

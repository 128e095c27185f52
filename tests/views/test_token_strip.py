"""Places of a text one below the other: titles, what stands out, and arrows where there are more."""

from __future__ import annotations

import pytest

from tuiexplain.views.look import look
from tuiexplain.views.token_strip import Column, TokenStrip, token_strip

LOOK = look()
WORDS = [f"w{i}" for i in range(20)]
ARROWS = {LOOK.glyphs.up, LOOK.glyphs.down}


def drawn(height: int, selected: int | None = None, width: int = 37) -> list[str]:
    columns = [Column("原文", WORDS, [False] * 20), Column("BERT 读", WORDS, [True] * 20)]
    picture = token_strip(TokenStrip(columns, [1.5] * 20, selected), width, height, LOOK)
    assert len(picture.strips) == height
    assert all(strip.cell_length == width for strip in picture.strips)
    return [strip.text.rstrip() for strip in picture.strips]


def test_all_places_need_no_arrows() -> None:
    assert not any(line[-1] in ARROWS for line in drawn(21))


@pytest.mark.parametrize(("selected", "up", "down"), [(None, 0, 1), (10, 1, 1), (19, 1, 0)])
def test_arrows_say_that_there_are_more(selected: int | None, up: int, down: int) -> None:
    shown = drawn(15, selected)
    assert (shown[1][-1] == LOOK.glyphs.up) == bool(up)
    assert (shown[14][-1] == LOOK.glyphs.down) == bool(down)
    assert sum(line[-1] in ARROWS for line in shown) == up + down


@pytest.mark.parametrize("width", [1, 2, 3, 10])
@pytest.mark.parametrize("height", [1, 2, 5])
def test_little_room_is_no_fault(width: int, height: int) -> None:
    drawn(height, 3, width)

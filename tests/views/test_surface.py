"""The plane of a classifier, the folded plane, and the tally: told apart in every look."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tuiexplain.views.folded import Folded, dots, folded
from tuiexplain.views.look import Depth, Look, look
from tuiexplain.views.palette import contrast
from tuiexplain.views.surface import Room, Surface, room, surface
from tuiexplain.views.tally import Tally, tally

LOOKS = [
    look("dark"),
    look("light"),
    look("dark", Depth.SIXTEEN),
    look("light", Depth.SIXTEEN),
    look("dark", Depth.NONE),
    look("dark", Depth.NONE, ascii_only=True),
]
LIMITS = (0.0, 1.0)


def halves(there: Room, classes: int = 2) -> np.ndarray:
    """The plane in upright stripes, one for each class."""
    columns = np.arange(there.columns) * classes // there.columns
    return np.tile(columns, (there.rows, 1))


def drawn(shown: Look, share: float = 1.0, width: int = 40, height: int = 12, classes: int = 3):
    there = room(LIMITS, LIMITS, max(width, 12), max(height, 4), shown)
    winner = halves(there, classes)
    points = [(0.1, 0.5), (0.5, 0.5), (0.9, 0.5)]
    spec = Surface(LIMITS, LIMITS, winner, np.full(winner.shape, share), classes, points, [0, 1, 2])
    return surface(spec, width, height, shown)


@pytest.mark.parametrize("shown", LOOKS)
@pytest.mark.parametrize("size", [(1, 1), (12, 4), (23, 7), (40, 12), (100, 30)])
def test_it_fills_its_room(shown: Look, size: tuple[int, int]) -> None:
    strips = drawn(shown, width=size[0], height=size[1]).strips
    assert len(strips) == size[1]
    assert all(strip.cell_length == size[0] for strip in strips)


@pytest.mark.parametrize("shown", LOOKS)
def test_classes_differ_by_their_signs_and_by_what_the_plane_is_filled_with(shown: Look) -> None:
    picture = drawn(shown)
    text = "".join(s.text for s in picture.strips)
    assert all(sign in text for sign in shown.glyphs.classes[:3])
    cells = [(c, s.style) for s in picture.strips[2] for c in s.text]
    assert len({str(cell) for cell in cells}) >= 3


@pytest.mark.parametrize("shown", [s for s in LOOKS if s.colourless])
def test_without_colours_what_is_unsure_is_blank(shown: Look) -> None:
    fills = set(shown.glyphs.regions[:3])
    assert fills <= set("".join(s.text for s in drawn(shown, share=0.9).strips))
    unsure = drawn(shown, share=0.4).strips[2].text
    assert not fills & set(re.split("[│├┼|+]", unsure)[-1])


@pytest.mark.parametrize("shown", [s for s in LOOKS if not s.colourless])
def test_signs_are_legible_on_every_ground(shown: Look) -> None:
    least = 3.0 if shown.depth == Depth.FULL else 1.5
    for ground in (level for levels in shown.regions for level in levels):
        assert all(contrast(sign, ground) >= least for sign in shown.signs), ground


def test_a_point_is_found_where_it_is_drawn() -> None:
    picture = drawn(look("dark"))
    area = picture.hits.where(1)
    assert area is not None
    assert picture.hits.at(area.x, area.y) == 1
    assert picture.hits.at(area.x + 1, area.y) == 1
    assert picture.strips[area.y].text[area.x] == look("dark").glyphs.classes[1]


def test_a_small_change_of_the_plane_changes_few_lines() -> None:
    shown = look("dark")
    there = room(LIMITS, LIMITS, 60, 20, shown)
    winner = halves(there)
    share = np.full(winner.shape, 0.97)

    def picture(winner: np.ndarray, share: np.ndarray):
        return surface(Surface(LIMITS, LIMITS, winner, share, 2), 60, 20, shown).strips

    before = picture(winner, share)
    assert picture(winner, share + 0.005) == before  # the steps of sureness are few
    moved = winner.copy()
    moved[10] = 1
    assert sum(a != b for a, b in zip(before, picture(moved, share), strict=True)) == 1


@pytest.mark.parametrize("shown", LOOKS)
@pytest.mark.parametrize("size", [(1, 1), (12, 4), (18, 9), (60, 20)])
def test_the_folded_plane_fills_its_room(shown: Look, size: tuple[int, int]) -> None:
    lines = [np.array([[0, 0], [0.5, np.nan], [1, 1]]), np.array([[0.0, 1.0], [1.0, 0.0]])]
    winner = None
    if size[0] >= 12:
        across, down = dots(LIMITS, LIMITS, *size, shown)
        winner = np.tile(np.arange(across) > across // 2, (down, 1)).astype(int)
    spec = Folded(LIMITS, LIMITS, lines, [(0.2, 0.2), (0.8, 0.8)], [0, 1], winner)
    strips = folded(spec, *size, shown).strips
    assert len(strips) == size[1]
    assert all(strip.cell_length == size[0] for strip in strips)


@pytest.mark.parametrize("shown", LOOKS)
@pytest.mark.parametrize("size", [(1, 1), (16, 2), (40, 12), (100, 4)])
def test_the_tally_counts(shown: Look, size: tuple[int, int]) -> None:
    flags = [[i % 4 != 0 for i in range(200)], [False] * 200]
    strips = tally(Tally(["now", "before"], flags), *size, shown).strips
    assert len(strips) == size[1]
    assert all(strip.cell_length == size[0] for strip in strips)
    text = "".join(s.text for s in strips)
    if size[0] >= 16:
        assert "75%" in text
        assert "0%" in text
    if size == (40, 12):
        assert text.count(shown.glyphs.done) == 150

"""Planes, maps, galleries and the sheet of paper."""

from __future__ import annotations

import numpy as np
import pytest

from tuiexplain.views.look import Depth, look
from tuiexplain.views.maps import Captioned, Map, gallery, maps
from tuiexplain.views.paper import Paper, paper
from tuiexplain.views.planes import Plane, Row, planes

LOOK = look()
ASCII = look(depth=Depth.NONE, ascii_only=True)
X = np.arange(9.0).reshape(3, 3)


def window(at: int = 0) -> Plane:
    seen = frozenset({(0, at), (0, at + 1), (1, at), (1, at + 1)})
    return Plane("x", (3, 3), X, seen=seen)


def test_brackets_follow_the_window() -> None:
    first = planes([Row([window(0)])], 30, 10, LOOK).text.splitlines()
    second = planes([Row([window(1)])], 30, 10, LOOK).text.splitlines()
    assert first[1].rstrip() == "[  0   1]  2"
    assert second[1].rstrip() == "   0[  1   2]"
    assert "[" not in first[3]


def test_padding_counts_and_lies_under_the_window() -> None:
    spec = Plane("x", (1, 1), np.array([[7.0]]), around=(1, 1), seen=frozenset({(0, 0), (0, 1)}))
    lines = planes([Row([spec])], 30, 10, LOOK).text.splitlines()
    assert lines[1].rstrip() == "[  0   0]  0"
    assert lines[2].rstrip() == "   0   7   0"


def test_winners_are_marked() -> None:
    spec = Plane("x", (3, 3), X, won=frozenset({(1, 1)}))
    assert "◆  4" in planes([Row([spec])], 30, 10, LOOK).text


@pytest.mark.parametrize("width", [8, 20, 36, 60])
@pytest.mark.parametrize("colours", [LOOK, ASCII])
def test_every_line_has_the_width(width: int, colours) -> None:
    rows = [Row([window(), Plane("K", (2, 2))], ["⋆"]), Row([window(1)])]
    for picture in (
        planes(rows, width, 12, colours),
        maps([Map("h", (4, 8, 8), np.ones((4, 8, 8))), Map("p", (4, 4, 4))], width, 12, colours),
        gallery([Captioned(np.eye(8), "3 → 8")] * 5, width, 12, colours),
    ):
        assert {strip.cell_length for strip in picture.strips} == {width}
        assert len(picture.strips) <= 12
        assert colours is LOOK or picture.text.isascii()


def test_the_map_that_one_looks_at_is_shown_where_not_all_are() -> None:
    specs = [Map(f"h{i}", (4, 8, 8), np.ones((4, 8, 8))) for i in range(4)]
    assert "h0" in maps(specs, 40, 10, LOOK, focus=0).text
    last = maps(specs, 40, 10, LOOK, focus=3).text
    assert "h3" in last
    assert "h0" not in last


@pytest.mark.parametrize("size", [(18, 10), (34, 18), (60, 40), (10, 4)])
def test_pixels_are_found_where_they_are_drawn(size: tuple[int, int]) -> None:
    picture = paper(Paper(np.eye(8), (2, 3)), *size, LOOK)
    for pixel in ((0, 0), (2, 3), (7, 7)):
        area = picture.hits.where(pixel)
        assert area is not None
        assert picture.hits.at(area.x, area.y) == pixel
    assert "[" in picture.text

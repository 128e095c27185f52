"""Points with names on a plane."""

from __future__ import annotations

import numpy as np
import pytest

from tuiexplain.views.look import Depth, look
from tuiexplain.views.point_map import PointMap, point_map

LOOK = look("dark", Depth.FULL)
SPEC = PointMap(
    np.array([[0.5, 0.5], [-0.5, -0.5], [np.nan, 0.0]]),
    ("a", "b", "c"),
    before=np.array([[0.0, 0.0], [-0.5, 0.5], [0.0, 0.0]]),
    marked=frozenset({0}),
    selected=1,
    labels=("e1", "e2"),
)


def test_names_stand_where_their_points_are() -> None:
    rows = [strip.text for strip in point_map(SPEC, 40, 12, LOOK).strips]
    (above,) = [y for y, row in enumerate(rows) if "a" in row]
    (below,) = [y for y, row in enumerate(rows) if "b" in row]
    assert above < below
    assert rows[above].index("a") > rows[below].index("b")
    assert LOOK.glyphs.unknown in rows[above], "where b was"
    assert not any("c" in row for row in rows), "nan is nowhere"


@pytest.mark.parametrize("width", [0, 5, 12, 31, 80])
@pytest.mark.parametrize("height", [0, 4, 5, 20])
def test_it_is_exactly_as_large_as_asked(width: int, height: int) -> None:
    picture = point_map(SPEC, width, height, look("light", Depth.NONE))
    assert len(picture.strips) == height
    assert all(strip.cell_length == width for strip in picture.strips)


def test_a_click_finds_the_point() -> None:
    picture = point_map(SPEC, 40, 12, LOOK)
    area = picture.hits.where(1)
    assert area is not None
    assert picture.hits.at(area.x, area.y) == 1

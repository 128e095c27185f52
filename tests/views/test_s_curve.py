"""The curve of probabilities with its points and what each of them costs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tuiexplain.views.look import Depth, look
from tuiexplain.views.s_curve import SCurve, s_curve

LOOK = look("dark", Depth.FULL)
X, T = np.array([1.0, 2.0, 2.0, 4.0]), np.array([0.0, 0.0, 1.0, 1.0])


def spec(**more: object) -> SCurve:
    settings = {"line": (2.0, -5.0), "x_limits": (0.0, 6.0), "boundary": "at", **more}
    return SCurve(X, T, **settings)


@pytest.mark.parametrize(("width", "height"), [(36, 17), (36, 8), (16, 5), (8, 3), (80, 30)])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_it_has_the_size_asked_for(width: int, height: int, ascii_only: bool) -> None:
    drawn = s_curve(
        spec(losses=[0.1, 0.5, 0.5, 0.2], losses_label="losses", residuals=True),
        width,
        height,
        look("dark", Depth.NONE, ascii_only=ascii_only),
    )
    assert len(drawn.strips) == height
    assert {strip.cell_length for strip in drawn.strips} == {width}
    assert not ascii_only or drawn.text.isascii()


def test_the_boundary_is_where_the_curve_passes_one_half() -> None:
    assert "at 2.5" in s_curve(spec(), 40, 14, LOOK).text
    assert "at" not in s_curve(spec(line=(0.0, 0.0)), 40, 14, LOOK).text
    assert "at" not in s_curve(spec(line=(1.0, -50.0)), 40, 14, LOOK).text


def test_points_of_one_place_stack_their_losses() -> None:
    drawn = s_curve(spec(losses=[0.1, 0.5, 0.7, 0.2], losses_label="losses"), 40, 16, LOOK)
    assert "1.2" in drawn.text


def test_a_point_is_found_where_it_is() -> None:
    drawn = s_curve(spec(), 40, 14, LOOK)
    for i in range(X.size):
        place = drawn.hits.where(i)
        assert place is not None
        assert drawn.hits.at(place.x, place.y) == i
    assert drawn.hits.where(9) is None


def test_what_is_not_finite_is_left_out() -> None:
    drawn = s_curve(
        SCurve([math.nan, 1.0], [0.0, math.nan], (math.nan, math.inf), (0.0, 6.0), [math.inf] * 2),
        40,
        14,
        LOOK,
    )
    assert LOOK.glyphs.point not in drawn.text

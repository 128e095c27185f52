"""Paths on curves and on contours, and numbers between known ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tuiexplain.views.between import between, enlarged
from tuiexplain.views.canvas import ACROSS, DOWN
from tuiexplain.views.contour import MOST_RINGS, Contour, contour, even, rings
from tuiexplain.views.look import Depth, look
from tuiexplain.views.path import FEW, Descent, Path, descent
from tuiexplain.views.picture import Picture

LOOK = look()
LOOKS = [LOOK, look("light", Depth.SIXTEEN), look("dark", Depth.NONE, ascii_only=True)]
numbers = st.floats(width=32)
places = st.lists(st.tuples(numbers, numbers), max_size=50)
bounds = st.tuples(st.floats(-1e6, 0), st.floats(1, 1e6))


def bowl(x: float, y: float, count: int = 9) -> np.ndarray:
    """Heights of (x − 1)² + (y − 2)² over -4 … 6 and -3 … 7, stretched by ``x`` and ``y``."""
    across, up = np.linspace(-4, 6, count), np.linspace(-3, 7, count)
    return y * (up[:, None] - 2) ** 2 + x * (across[None, :] - 1) ** 2


def bowl_map(
    path: Path, rivals: tuple[Path, ...] = (), levels: tuple[float, ...] = (4, 16)
) -> Contour:
    return Contour(bowl(1, 1), (-4, 6), (-3, 7), levels, path, rivals, "w", "b")


def check(picture: Picture, width: int, height: int) -> None:
    assert len(picture.strips) == height
    for strip in picture.strips:
        assert strip.cell_length == sum(cell_len(s.text) for s in strip) == width
        assert all(c.isprintable() for c in strip.text)


# -- whatever is in it -----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.lists(numbers, max_size=20),
    bounds,
    places,
    st.none() | places,
    st.integers(0, 70),
    st.integers(0, 20),
    st.sampled_from(LOOKS),
)
def test_a_descent_fills_its_room(heights, x, path, rival, width, height, shown) -> None:
    other = () if rival is None else (Path([p[0] for p in rival], [p[1] for p in rival]),)
    ours = Path([p[0] for p in path], [p[1] for p in path])
    spec = Descent(np.array(heights), x, ours, other, None, "权重\x1b", "f")
    check(descent(spec, width, height, shown), width, height)


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
        lambda s: st.lists(numbers, min_size=s[0] * s[1], max_size=s[0] * s[1]).map(
            lambda flat: np.array(flat, dtype=float).reshape(s)
        )
    ),
    bounds,
    bounds,
    places,
    st.integers(0, 70),
    st.integers(0, 20),
    st.sampled_from(LOOKS),
)
def test_a_contour_fills_its_room(z, x, y, path, width, height, shown) -> None:
    ours = Path([p[0] for p in path], [p[1] for p in path])
    with np.errstate(all="ignore"):
        levels = rings(z, float(z[0, 0]))
    spec = Contour(z, x, y, levels, ours, (ours, ours), "权重\x1b", "b")
    check(contour(spec, width, height, shown), width, height)


# -- numbers between -------------------------------------------------------------------------------


def test_between_is_exact_for_cubics_and_passes_through_what_is_known() -> None:
    at = np.arange(8.0)
    cubic = at**3 - 4 * at**2 + 3
    asked = np.linspace(0, 7, 41)
    np.testing.assert_allclose(between(cubic, asked), asked**3 - 4 * asked**2 + 3, atol=1e-9)
    rough = np.array([1.0, -2, 5, 0, 3])
    np.testing.assert_allclose(between(rough, np.arange(5.0)), rough, atol=1e-12)
    np.testing.assert_allclose(between(np.array([2.0, 4]), np.array([0.5])), [3])
    np.testing.assert_allclose(between(np.array([2.0]), np.array([0.0, 0.0])), [2, 2])


def test_enlarged_keeps_the_corners_of_a_landscape() -> None:
    small = bowl(3, 0.5, 5)
    large = enlarged(small, 33, 17)
    assert large.shape == (33, 17)
    np.testing.assert_allclose(large[::32, ::16], small[::4, ::4], atol=1e-9)
    np.testing.assert_allclose(large, bowl(3, 0.5, 33)[:, ::2], atol=1e-9)


# -- the curve -------------------------------------------------------------------------------------


def parabola(path: Path, rival: Path | None = None) -> Picture:
    x = np.linspace(-10, 10, 21)
    return descent(
        Descent(x**2, (-10, 10), path, () if rival is None else (rival,), None, "x", "f"),
        40,
        14,
        LOOK,
    )


def test_each_step_is_marked_on_the_curve() -> None:
    steps = np.array([10, 6, 3.6, 2.16])
    text = parabola(Path(steps, steps**2)).text
    assert text.count("●") == 4
    rows = [row for row, line in enumerate(text.splitlines()) if "●" in line]
    assert rows == sorted(rows)
    assert rows[0] <= 1


def test_the_rival_is_hollow_and_gives_way() -> None:
    ours, rival = np.array([10.0, 2]), np.array([10.0, -6])
    text = parabola(Path(ours, ours**2), Path(rival, rival**2)).text
    assert text.count("○") == 1, "where both stand, the run that is open is seen"
    assert text.count("●") == 2


def test_more_rivals_are_numbered_at_their_last_places() -> None:
    x = np.linspace(-10, 10, 21)
    ends = (-6.0, 2.0, 6.0)
    rivals = [Path(np.array([10.0, end]), np.array([100.0, end**2])) for end in ends]
    spec = Descent(x**2, (-10, 10), Path([10.0, -2], [100.0, 4]), rivals, None, "x", "f")
    shown = descent(spec, 40, 14, LOOK).text
    columns = [max(line.rfind(n) for line in shown.splitlines()[:-2]) for n in "234"]
    assert columns == sorted(columns)
    assert columns[0] > 4
    assert LOOK.glyphs.pending not in shown
    plain = descent(spec, 40, 14, look(depth=Depth.NONE)).text
    assert plain.count("2") > shown.count("2"), "the step before it has its number too"


def test_of_a_long_path_the_beginning_and_the_end_are_marked() -> None:
    steps = 10 * 0.95 ** np.arange(FEW + 1)
    assert parabola(Path(steps, steps**2)).text.count("●") == 2


@pytest.mark.parametrize("place", [(40.0, 1600.0), (-math.inf, math.inf), (math.nan, math.nan)])
def test_who_leaves_the_picture_is_marked_at_its_edge(place: tuple[float, float]) -> None:
    picture = parabola(Path([-6, place[0]], [36, place[1]]))
    assert picture.text.count("✕") == 1
    assert picture.text.count("●") == 1


# -- the map ---------------------------------------------------------------------------------------


def test_a_ring_passes_through_the_start_and_none_is_missing() -> None:
    z = bowl(1, 1)
    levels = rings(z, 9.0)
    assert any(math.isclose(level, 9.0, rel_tol=0.05) for level in levels)
    assert len(levels) <= MOST_RINGS
    gaps = np.diff(np.sqrt(np.array(levels) - z.min()))
    np.testing.assert_allclose(gaps, gaps[0])
    assert rings(z, z.min()), "a run that starts at the bottom sees rings as well"
    assert rings(np.zeros((3, 3)), 0.0) == []
    assert rings(np.array([[0.0, math.inf]]), 1.0) == []
    assert rings(np.full((2, 2), math.nan), 1.0) == []


def test_rings_of_a_round_bowl_are_round() -> None:
    x, y = even((-4, 6), (-3, 7), 40, 20)
    across = np.linspace(*x, 13)
    up = np.linspace(*y, 13)
    z = (across[None, :] - 1) ** 2 + (up[:, None] - 2) ** 2
    spec = Contour(z, x, y, [9.0], Path([], []), (), "w", "b")
    lines = contour(spec, 40, 20, LOOK).text.splitlines()
    dots = [
        (ACROSS * column, DOWN * row)
        for row, line in enumerate(lines)
        for column, character in enumerate(line)
        if 0x2800 < ord(character) <= 0x28FF
    ]
    wide = max(d[0] for d in dots) - min(d[0] for d in dots)
    high = max(d[1] for d in dots) - min(d[1] for d in dots)
    assert abs(wide - high) <= 6


def test_rings_say_how_high_they_are_and_the_lowest_place_is_marked() -> None:
    text = contour(bowl_map(Path([-3], [-2])), 44, 20, LOOK).text
    assert " 4" in text
    assert "16" in text
    (row,) = (row for row, line in enumerate(text.splitlines()) if "×" in line)
    assert abs(row - 9) <= 1, "half-way up"


def test_a_slope_without_an_end_has_no_lowest_place() -> None:
    slope = np.add.outer(np.arange(5.0), np.arange(5.0))
    spec = Contour(slope, (0, 1), (0, 1), [4.0], Path([0.5], [0.5]))
    assert "×" not in contour(spec, 40, 14, LOOK).text


def test_the_path_lies_over_the_rings() -> None:
    text = contour(bowl_map(Path([-3, 4, 1], [-2, 5, 2]), (Path([-3, 0], [-2, 6]),)), 44, 20, LOOK)
    assert text.text.count("●") == 3
    assert text.text.count("○") == 1
    assert "×" not in text.text, "the learner has arrived there"


def test_without_unicode_nothing_else_is_needed() -> None:
    ascii_only = look(depth=Depth.NONE, ascii_only=True)
    assert contour(bowl_map(Path([-3, 4], [-2, 5])), 44, 20, ascii_only).text.isascii()


def test_even_makes_one_unit_equally_long_both_ways() -> None:
    for width, height in ((38, 14), (60, 20), (20, 30)):
        x, y = even((-2, 6), (0, 12), width, height)
        across, up = (width - 4) * ACROSS / (x[1] - x[0]), (height - 2) * DOWN / (y[1] - y[0])
        assert math.isclose(across, up)
        assert x[0] <= -2
        assert x[1] >= 6 - 1e-9
        assert y[0] <= 0
        assert y[1] >= 12 - 1e-9
        assert math.isclose(sum(x) / 2, 2)

"""A function of one number as a curve, a place on it, and the slope there."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from tuiexplain.views.axes import Axes, Limits, draw_axes
from tuiexplain.views.canvas import ACROSS, Canvas
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.picture import NO_HITS, Picture, fill
from tuiexplain.views.text import shorten, width_of

LEAST_WIDTH, LEAST_HEIGHT = 12, 4
TANGENT = 0.3
"""How far the tangent reaches to each side, as a share of the picture's diagonal."""


@dataclass(frozen=True)
class FunctionCurve:
    """``function`` takes and gives arrays of numbers; it is drawn over ``x_limits``.

    ``at`` is a place on the x axis, joined to the curve by a dotted line; with ``point`` the curve
    has a point there. ``slope`` draws the tangent through that point. ``note`` stands where nothing
    is drawn, at the upper left if it can: the slope in digits, say.
    """

    function: Callable[[np.ndarray], np.ndarray]
    x_limits: Limits
    y_limits: Limits
    at: float | None = None
    point: bool = False
    slope: float | None = None
    x_label: str = ""
    y_label: str = ""
    note: str = ""


def function_curve(spec: FunctionCurve, width: int, height: int, look: Look) -> Picture:
    """The curve in exactly ``width`` x ``height``."""
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return Picture(fill([], max(0, width), max(0, height)))
    grid = Grid(width, height)
    axes = draw_axes(
        grid,
        spec.x_limits,
        spec.y_limits,
        look,
        x_label=look.write(spec.x_label),
        y_label=look.write(spec.y_label),
    )
    canvas = Canvas(axes.columns, axes.rows, look)
    across = np.arange(axes.columns * ACROSS)
    x = np.linspace(*spec.x_limits, across.size)
    with np.errstate(all="ignore"):
        y = [axes.dot_y(float(value)) for value in np.asarray(spec.function(x), dtype=float)]
    for i in range(across.size - 1):
        canvas.line((i, y[i]), (i + 1, y[i + 1]), look.series[0])
    here = _here(spec)
    if here is not None and spec.slope is not None and math.isfinite(spec.slope):
        canvas.line(*_tangent(axes, here, spec.slope), look.backward)
    canvas.onto(grid, axes.left, 0)
    point = None
    if here is not None and axes.inside(*here):
        point = axes.column(here[0]), axes.row(here[1])
    guide = [] if point is None else [(point[0], y) for y in range(point[1] + 1, axes.rows)]
    text = shorten(look.write(spec.note), axes.columns - 1, look.glyphs.ellipsis)
    room = _room(grid, axes, width_of(text), guide)
    for cell in guide:
        grid.put(*cell, look.glyphs.dotted_vertical, look.muted)
    if point is not None:
        grid.put(point[0], axes.rows, look.glyphs.tees[4], look.highlight)
        if spec.point:
            grid.put(*point, look.glyphs.point, look.highlight)
    grid.put(*room, text, look.backward)
    return Picture(grid.strips(), NO_HITS)


def _here(spec: FunctionCurve) -> tuple[float, float] | None:
    """The place on the curve above ``at``."""
    if spec.at is None or not math.isfinite(spec.at):
        return None
    with np.errstate(all="ignore"):
        height = float(np.asarray(spec.function(np.array([spec.at], dtype=float))).reshape(-1)[0])
    return (spec.at, height) if math.isfinite(height) else None


Cells = Collection[tuple[int, int]]


def _room(grid: Grid, axes: Axes, width: int, guide: Cells) -> tuple[int, int]:
    """Where a text touches nothing that is drawn: as high as can be, then as far to the left.

    Only where there is no other place, it stands across the dotted ``guide``.
    """

    def around(x: int, y: int) -> Iterator[tuple[int, int]]:
        return ((x + i, y) for i in range(-1, width + 1))

    first = axes.left + 1
    places = [
        (x, y)
        for y in range(1, axes.rows)
        for x in range(first, grid.width - width)
        if all(grid.blank_at(*cell) for cell in around(x, y))
    ]
    beside = (place for place in places if not any(cell in guide for cell in around(*place)))
    return next(chain(beside, places), (first, 1))


Dots = tuple[float, float]


def _tangent(axes: Axes, here: tuple[float, float], slope: float) -> tuple[Dots, Dots]:
    """Both ends of the tangent, as long on the screen whatever its slope."""
    middle = (axes.dot_x(here[0]), axes.dot_y(here[1]))
    one = (axes.dot_x(here[0] + 1), axes.dot_y(here[1] + slope))
    dx, dy = one[0] - middle[0], one[1] - middle[1]
    length = math.hypot(dx, dy)
    if not math.isfinite(length) or length == 0:
        return middle, middle
    reach = TANGENT * math.hypot(axes.columns * ACROSS, axes.rows * 4) / length
    return (middle[0] - reach * dx, middle[1] - reach * dy), (
        middle[0] + reach * dx,
        middle[1] + reach * dy,
    )

"""Points, a line through them, and how far each is from it."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tuiexplain.views.axes import Axes, Limits, draw_axes
from tuiexplain.views.canvas import Canvas
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Hits, Picture, fill

FEW = 60
"""Points up to which each is a character of its own; more are dots."""
LEAST_WIDTH, LEAST_HEIGHT = 12, 4


@dataclass(frozen=True)
class Scatter:
    """Points ``x``, ``y``; ``line`` is (slope, intercept).

    ``residuals`` draws a bar from each point to the line; ``rival`` is a second, fainter line (the
    normal equation's answer, the step before). ``curve`` and ``rival_curve`` are drawn through their
    coordinates; ``others`` are hollow points. ``x_limits``, ``y_limits``: ``None`` for what shows
    all points and the line near them. Give them where the picture must not jump while it learns.
    """

    x: Any
    y: Any
    line: tuple[float, float] | None = None
    residuals: bool = False
    rival: tuple[float, float] | None = None
    selected: int | None = None
    x_label: str = ""
    y_label: str = ""
    x_limits: Limits | None = None
    y_limits: Limits | None = None
    curve: tuple[Any, Any] | None = None
    rival_curve: tuple[Any, Any] | None = None
    others: tuple[Any, Any] | None = None


def scatter(spec: Scatter, width: int, height: int, look: Look) -> Picture:
    """The points in exactly ``width`` x ``height``. Hits: the number of the nearest point."""
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return Picture(fill([], max(0, width), max(0, height)))
    x = np.asarray(spec.x, dtype=float).reshape(-1)
    y = np.asarray(spec.y, dtype=float).reshape(-1)
    x_limits = spec.x_limits or _padded(x)
    y_limits = spec.y_limits or _y_limits(spec, x, y, x_limits)
    grid = Grid(width, height)
    axes = draw_axes(
        grid,
        x_limits,
        y_limits,
        look,
        x_label=look.write(spec.x_label),
        y_label=look.write(spec.y_label),
    )
    canvas = Canvas(axes.columns, axes.rows, look)
    known = np.isfinite(x) & np.isfinite(y)
    if x.size > FEW:
        dots = [(axes.dot_x(a), axes.dot_y(b)) for a, b in zip(x[known], y[known], strict=True)]
        across, down = np.rint(np.array(dots).reshape(-1, 2)).T
        canvas.dots(across, down, look.series[1])
    if spec.rival is not None:
        _line(canvas, axes, spec.rival, look.muted)
    if spec.line is not None:
        if spec.residuals:
            _residuals(canvas, axes, x, y, spec.line, look)
        _line(canvas, axes, spec.line, look.series[0])
    _through(canvas, axes, spec.rival_curve, look.muted)
    _through(canvas, axes, spec.curve, look.series[0])
    canvas.onto(grid, axes.left, 0)
    _others(grid, axes, spec.others, look)
    if x.size <= FEW:
        for i in np.flatnonzero(known).tolist():
            if axes.inside(x[i], y[i]):
                style = look.highlight if i == spec.selected else look.strong
                grid.put(axes.column(x[i]), axes.row(y[i]), look.glyphs.point, style)
    if spec.line is not None and not all(map(math.isfinite, spec.line)):
        grid.put(width - 2, 0, look.glyphs.cross, look.bad)
    return Picture(grid.strips(), _hits(axes, x, y))


def _others(grid: Grid, axes: Axes, others: tuple[Any, Any] | None, look: Look) -> None:
    for a, b in zip(*(others or ((), ())), strict=True):
        if axes.inside(a, b):
            grid.put(axes.column(a), axes.row(b), look.glyphs.pending, look.series[1])


def _through(canvas: Canvas, axes: Axes, curve: tuple[Any, Any] | None, style: Any) -> None:
    through = curve or ((), ())
    with np.errstate(all="ignore"):
        dots = [(axes.dot_x(float(a)), axes.dot_y(float(b))) for a, b in zip(*through, strict=True)]
    for start, end in itertools.pairwise(dots):
        canvas.line(start, end, style)


def _line(canvas: Canvas, axes: Axes, line: tuple[float, float], style: Any) -> None:
    slope, intercept = line
    low, high = axes.x
    with np.errstate(all="ignore"):
        start = (axes.dot_x(low), axes.dot_y(slope * low + intercept))
        end = (axes.dot_x(high), axes.dot_y(slope * high + intercept))
    canvas.line(start, end, style)


def _residuals(
    canvas: Canvas, axes: Axes, x: np.ndarray, y: np.ndarray, line: tuple[float, float], look: Look
) -> None:
    slope, intercept = line
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        across = round(axes.dot_x(a)) if math.isfinite(a) else math.nan
        start = (across, axes.dot_y(b))
        canvas.line(start, (across, axes.dot_y(slope * a + intercept)), look.series[1])


def _padded(values: np.ndarray, share: float = 0.08) -> Limits:
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    room = (high - low) * share or abs(high) * 0.1 or 1.0
    return (low - room, high + room)


def _y_limits(spec: Scatter, x: np.ndarray, y: np.ndarray, x_limits: Limits) -> Limits:
    """All points, and of the line as much as lies within twice their range."""
    low, high = _padded(y)
    span = high - low
    for line in (spec.line, spec.rival):
        for at in x_limits:
            value = line[0] * at + line[1] if line is not None else math.nan
            if math.isfinite(value):
                low = min(low, max(value, low - span))
                high = max(high, min(value, high + span))
    return (low, high)


def _hits(axes: Axes, x: np.ndarray, y: np.ndarray) -> Hits:
    """The nearest point within two columns and one line."""

    def place(i: int) -> tuple[int, int] | None:
        if not (math.isfinite(x[i]) and math.isfinite(y[i]) and axes.inside(x[i], y[i])):
            return None
        return axes.column(x[i]), axes.row(y[i])

    def at(column: int, row: int) -> int | None:
        found: tuple[int, int] | None = None
        for i in range(x.size):
            spot = place(i)
            if spot is not None and abs(spot[0] - column) <= 2 and abs(spot[1] - row) <= 1:
                far = abs(spot[0] - column) + 2 * abs(spot[1] - row)
                if found is None or far < found[0]:
                    found = (far, i)
        return None if found is None else found[1]

    def where(i: int) -> Area | None:
        spot = place(i) if 0 <= i < x.size else None
        return None if spot is None else Area(*spot, 1, 1)

    return Hits(at, where)

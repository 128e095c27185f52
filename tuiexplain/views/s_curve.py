"""A curve of probabilities with points at yes and no, its boundary, and what each point costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tuiexplain.trace.numbers import format_number
from tuiexplain.views.axes import Axes, Limits, draw_axes
from tuiexplain.views.canvas import ACROSS, DOWN, Canvas
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture, fill, nearest_hits
from tuiexplain.views.text import shorten, width_of

LEAST_WIDTH, LEAST_HEIGHT = 16, 5
BARS_FROM = 9
"""Lines from which there is room for the bars of the losses."""
P_LIMITS = (-0.05, 1.05)


@dataclass(frozen=True)
class SCurve:
    """p = 1 / (1 + e^−(slope·x + intercept)) and the points ``x``, ``y``.

    ``y`` may hold nan for what is not known yet. ``losses``: one for each point, drawn as bars
    below it, those of the same place on top of each other; ``None`` where they are not known yet.
    ``rival`` is a second, fainter (slope, intercept). ``boundary`` names the place where p is ½.
    """

    x: Any
    y: Any
    line: tuple[float, float]
    x_limits: Limits
    losses: Any = None
    rival: tuple[float, float] | None = None
    residuals: bool = False
    selected: int | None = None
    x_label: str = ""
    y_label: str = ""
    losses_label: str = ""
    boundary: str = ""


def s_curve(spec: SCurve, width: int, height: int, look: Look) -> Picture:
    """The picture in exactly ``width`` x ``height``. Hits: the number of the nearest point."""
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return Picture(fill([], max(0, width), max(0, height)))
    x = np.asarray(spec.x, dtype=float).reshape(-1)
    y = np.asarray(spec.y, dtype=float).reshape(-1)
    below = max(3, height // 4) if height >= BARS_FROM and spec.losses_label else 0
    grid = Grid(width, height - below)
    labels = {"x_label": look.write(spec.x_label), "y_label": look.write(spec.y_label)}
    axes = draw_axes(grid, spec.x_limits, P_LIMITS, look, **labels)
    canvas = Canvas(axes.columns, axes.rows, look)
    if spec.rival is not None:
        _curve(canvas, axes, spec.rival, look.muted)
    if spec.residuals:
        for a, b in zip(x.tolist(), y.tolist(), strict=True):
            if math.isfinite(a) and math.isfinite(b):
                across = round(axes.dot_x(a))
                curve = float(_sigmoid(np.array(a), spec.line))
                ends = ((across, axes.dot_y(b)), (across, axes.dot_y(curve)))
                canvas.line(*ends, look.above if b > curve else look.below)
    _curve(canvas, axes, spec.line, look.series[0])
    canvas.onto(grid, axes.left, 0)
    _boundary(grid, axes, spec, look)
    places: dict[int, tuple[int, int]] = {}
    for i in np.flatnonzero(np.isfinite(x) & np.isfinite(y)).tolist():
        if axes.inside(x[i], y[i]):
            places[i] = (axes.column(x[i]), axes.row(y[i]))
            style = look.highlight if i == spec.selected else look.strong
            grid.put(*places[i], look.glyphs.point, style)
    strips = grid.strips()
    if below:
        strips = [*strips, *_bars(axes, spec, x, width, below, look).strips()]
    return Picture(strips, nearest_hits(places))


def _sigmoid(x: np.ndarray, line: tuple[float, float]) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(1 / (1 + np.exp(-(line[0] * x + line[1]))))


def _curve(canvas: Canvas, axes: Axes, line: tuple[float, float], style: Any) -> None:
    across = np.arange(axes.columns * ACROSS)
    p = _sigmoid(np.linspace(*axes.x, across.size), line)
    y = [axes.dot_y(value) for value in p.tolist()]
    for i in range(across.size - 1):
        canvas.line((i, y[i]), (i + 1, y[i + 1]), style)


def _boundary(grid: Grid, axes: Axes, spec: SCurve, look: Look) -> None:
    """An upright dotted line where the curve passes one half, and where that is in digits."""
    slope, intercept = spec.line
    at = -intercept / slope if slope and math.isfinite(slope) else math.nan
    if not spec.boundary or not axes.x[0] <= at <= axes.x[1]:
        return
    column = axes.column(at)
    for row in range(axes.rows):
        grid.put(column, row, look.glyphs.dotted_vertical, look.muted)
    text = look.write(f"{spec.boundary} {format_number(at, 3)}")
    room = axes.columns - (column - axes.left) - 2
    start = column + 2 if width_of(text) <= room else column - 1 - width_of(text)
    row = axes.rows - 2 if slope > 0 else 1  # on the side of the boundary where the curve is not
    grid.put(start, row, shorten(text, axes.columns, look.glyphs.ellipsis), look.muted)


def _bars(axes: Axes, spec: SCurve, x: np.ndarray, width: int, height: int, look: Look) -> Grid:
    """What each point costs, as bars that stand under the points."""
    grid = Grid(width, height)
    grid.put(axes.left, 0, look.write(spec.losses_label), look.muted)
    if spec.losses is None:
        return grid
    losses = np.asarray(spec.losses, dtype=float).reshape(-1)
    stacked: dict[int, float] = {}
    for a, loss in zip(x.tolist(), losses.tolist(), strict=True):
        if math.isfinite(a) and math.isfinite(loss):
            across = round(axes.dot_x(a))
            stacked[across] = stacked.get(across, 0.0) + loss
    largest = max(stacked.values(), default=0.0)
    if largest <= 0:
        return grid
    rows = height - 1
    canvas = Canvas(axes.columns, rows, look)
    chosen = spec.selected if spec.selected is not None and spec.selected < x.size else None
    for across, loss in stacked.items():
        dots = loss / largest * (rows * DOWN - 1)
        here = chosen is not None and round(axes.dot_x(x[chosen])) == across
        end = (across, rows * DOWN - 1 - dots)
        canvas.line((across, rows * DOWN - 1), end, look.highlight if here else look.series[1])
    canvas.onto(grid, axes.left, 1)
    mark = format_number(largest, 2)
    grid.put(max(0, axes.left - 1 - len(mark)), 1, mark, look.muted)
    return grid

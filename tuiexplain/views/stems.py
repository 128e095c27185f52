"""Many numbers side by side as upright bars, to both sides of zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tuiexplain.views.axes import draw_axes
from tuiexplain.views.canvas import DOWN, Canvas
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.palette import largest_of
from tuiexplain.views.picture import Area, Hits, Picture, fill

LEAST_WIDTH, LEAST_HEIGHT = 12, 5


@dataclass(frozen=True)
class Stems:
    """``values`` by position; the scale shows the largest of ``start`` as well."""

    values: np.ndarray
    name: str = ""
    start: np.ndarray | None = None
    selected: int | None = None


def stems(spec: Stems, width: int, height: int, look: Look) -> Picture:
    """A bar for each value; where there are more than dots, the largest of its neighbours.

    Hits: the position of the value.
    """
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return Picture(fill([], max(0, width), max(0, height)))
    values = np.asarray(spec.values, dtype=float).reshape(-1)
    start = np.empty(0) if spec.start is None else np.asarray(spec.start, float).reshape(-1)
    largest = largest_of(np.concatenate((values, start))) or 1.0
    grid = Grid(width, height)
    span = (-0.5, max(values.size, 1) - 0.5)
    axes = draw_axes(grid, span, (-largest, largest), look, y_label=look.write(spec.name))
    canvas = Canvas(axes.columns, axes.rows, look)
    zero = round(axes.dot_y(0.0))
    rows = np.arange(canvas.down)
    thick = max(1, canvas.across // max(values.size, 1) - 1)
    for i in _kept(values, canvas.across):
        if not np.isfinite(values[i]):
            grid.put(axes.column(float(i)), 0, look.glyphs.cross, look.bad)
            continue
        end = round(axes.dot_y(float(values[i])))
        style = look.strong if i == spec.selected else look.above if values[i] > 0 else look.below
        stem = rows[min(zero, end) : max(zero, end) + 1]
        left = round(axes.dot_x(float(i))) - thick // 2
        for x in range(left, left + thick):
            canvas.dots(np.full(stem.size, x), stem, style)
    canvas.onto(grid, axes.left, 0)
    if grid.blank_at(axes.left, zero // DOWN):
        grid.put(axes.left - 1, zero // DOWN, look.glyphs.tees[4], look.rule)

    def at(x: int, y: int) -> int | None:
        if not (axes.left <= x < axes.left + axes.columns and 0 <= y < axes.rows):
            return None
        share = (x - axes.left + 0.5) / axes.columns
        return min(int(share * values.size), values.size - 1) if values.size else None

    def where(thing: object) -> Area | None:
        if not (isinstance(thing, int) and 0 <= thing < values.size):
            return None
        return Area(axes.column(float(thing)), 0, 1, axes.rows)

    return Picture(grid.strips(), Hits(at, where))


def _kept(values: np.ndarray, dots: int) -> list[int]:
    """Each position, or of those that share a dot the one farthest from zero."""
    if values.size <= dots:
        return list(range(values.size))
    dot = np.arange(values.size) * dots // values.size
    order = np.lexsort((np.abs(values), dot))
    last = np.flatnonzero(np.append(np.diff(dot[order]) > 0, True))
    return [int(i) for i in order[last]]

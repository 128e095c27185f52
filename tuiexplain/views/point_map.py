"""Points with names on a plane: each name stands where its point is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuiexplain.views.axes import draw_axes
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Picture, area_hits, fill
from tuiexplain.views.text import width_of

LEAST_WIDTH, LEAST_HEIGHT = 12, 5
Limits = tuple[float, float]


@dataclass(frozen=True)
class PointMap:
    """``points`` (n, 2) and their ``names``; ``before``: where they were, as faint dots.

    ``marked`` stand out; ``selected`` is the one under the cursor.
    """

    points: np.ndarray
    names: Sequence[str]
    before: np.ndarray | None = None
    marked: frozenset[int] = frozenset()
    selected: int | None = None
    labels: tuple[str, str] = ("", "")
    x_limits: Limits = (-1.0, 1.0)
    y_limits: Limits = (-1.0, 1.0)


def point_map(spec: PointMap, width: int, height: int, look: Look) -> Picture:
    """The names in exactly ``width`` x ``height``. Hits: the number of the point.

    Where several points share a place, one that is marked is written last, and the selected one
    after it.
    """
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return Picture(fill([], max(0, width), max(0, height)))
    grid = Grid(width, height)
    x_label, y_label = map(look.write, spec.labels)
    axes = draw_axes(grid, spec.x_limits, spec.y_limits, look, x_label=x_label, y_label=y_label)
    for x, y in () if spec.before is None else np.asarray(spec.before, float).tolist():
        if axes.inside(x, y):
            grid.put(axes.column(x), axes.row(y), look.glyphs.unknown, look.muted)
    order = sorted(
        range(len(spec.names)), key=lambda i: (i == spec.selected, i in spec.marked)
    )  # fmt: skip
    areas: list[tuple[object, Area]] = []
    for i in order:
        x, y = (float(n) for n in spec.points[i])
        if not axes.inside(x, y):
            continue
        name = look.write(spec.names[i])
        style = look.text
        if i in spec.marked:
            style = look.cause
        if i == spec.selected:
            style = look.highlight
        grid.put(axes.column(x), axes.row(y), name, style)
        areas.insert(0, (i, Area(axes.column(x), axes.row(y), max(1, width_of(name)), 1)))
    return Picture(grid.strips(), area_hits(areas))

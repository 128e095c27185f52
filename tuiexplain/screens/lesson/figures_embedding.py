"""The picture of an embedding of two numbers: each symbol where its row puts it."""

from __future__ import annotations

import numpy as np

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture
from tuiexplain.views.point_map import PointMap, point_map

TABLE = "E"
"""The name of the parameter, (symbols, 2)."""
MARGIN = 1.1
WIDEN = 1.5
"""The frame is widened by this when a point leaves it, so that it seldom jumps."""


def embedding(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The rows as points, those that have a gradient marked; faint: where they began."""
    bench = desk.session.bench
    values = {value.name: value for value in desk.trace.values}
    there = {n: v for n, v in values.items() if bench.player.exists(v)}
    table = values[TABLE]
    points = desk.trace.data(there.get(f"{TABLE}'", table))
    start = np.asarray(bench.run.state_at(0)[TABLE])
    marked: frozenset[int] = frozenset()
    if f"{TABLE}.grad" in there:
        gradient = desk.trace.data(there[f"{TABLE}.grad"])
        marked = frozenset(np.flatnonzero(np.any(gradient != 0, axis=1)).tolist())
    shape = desk.selected.shape
    names = table.labels[0] if table.labels else None
    columns = table.labels[1] if table.labels else None
    frame = _frame(points, start)
    spec = PointMap(
        points,
        names or tuple(map(str, range(len(points)))),
        before=start,
        marked=marked,
        selected=desk.cell[0] if shape == table.shape else None,
        labels=(columns[0], columns[1]) if columns else ("", ""),
        x_limits=frame,
        y_limits=frame,
    )
    return point_map(spec, width, height, look)


def _frame(points: np.ndarray, start: np.ndarray) -> tuple[float, float]:
    """The same for both axes, around the start, and wider where points have left it."""
    finite = points[np.isfinite(points)]
    size = MARGIN * float(np.abs(start).max())
    farthest = float(np.abs(finite).max()) if finite.size else 0.0
    while size < farthest:
        size *= WIDEN
    return (-size, size)

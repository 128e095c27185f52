"""A plane after a layer has bent it: its grid, its points, and where the next layer divides it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from tuiexplain.views.axes import Axes, Limits, draw_axes
from tuiexplain.views.canvas import ACROSS, DOWN, Canvas
from tuiexplain.views.contour import edges
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture, fill
from tuiexplain.views.surface import put_points, surface_fits


@dataclass(frozen=True)
class Folded:
    """``lines`` are what straight lines of the plane became, each an array of rows (x, y).

    ``winner``: for every dot of the picture (see :func:`dots`) the class that the next layer says;
    ``None`` where it does not depend on these two numbers alone.
    """

    x: Limits
    y: Limits
    lines: Sequence[np.ndarray]
    points: Any
    classes: Any
    winner: np.ndarray | None = None
    selected: int | None = None
    x_label: str = ""
    y_label: str = ""


def dots(x: Limits, y: Limits, width: int, height: int, look: Look) -> tuple[int, int]:
    """Across and down: how many dots the picture has for ``winner``."""
    axes = draw_axes(Grid(width, height), x, y, look)
    return axes.columns * ACROSS, axes.rows * DOWN


def folded(spec: Folded, width: int, height: int, look: Look) -> Picture:
    """The picture in exactly ``width`` x ``height``. Hits: the number of the nearest point."""
    if not surface_fits(width, height):
        return Picture(fill([], max(0, width), max(0, height)))
    grid = Grid(width, height)
    labels = {"x_label": look.write(spec.x_label), "y_label": look.write(spec.y_label)}
    axes = draw_axes(grid, spec.x, spec.y, look, **labels)
    canvas = Canvas(axes.columns, axes.rows, look)
    for line in spec.lines:
        _trace(canvas, axes, line, look)
    canvas.onto(grid, axes.left, 0)
    if spec.winner is not None:
        border = Canvas(axes.columns, axes.rows, look)
        down, across = np.nonzero(edges(spec.winner))
        border.dots(across, down, look.series[1])
        border.onto(grid, axes.left, 0)
    signs = look.glyphs.classes

    def put(place: tuple[int, int], kind: int) -> None:
        grid.put(*place, signs[kind % len(signs)], look.strong)

    hits = put_points(grid, axes, spec.points, spec.classes, spec.selected, put, look)
    return Picture(grid.strips(), hits)


def _trace(canvas: Canvas, axes: Axes, line: np.ndarray, look: Look) -> None:
    ends = [(axes.dot_x(x), axes.dot_y(y)) for x, y in line.tolist()]
    for start, end in pairwise(ends):
        if all(map(math.isfinite, (*start, *end))):
            canvas.line(start, end, look.faint)

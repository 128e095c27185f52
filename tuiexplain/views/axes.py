"""A frame of axes with numbers around a picture."""

from __future__ import annotations

from dataclasses import dataclass

from tuiexplain.trace.numbers import format_number
from tuiexplain.views.canvas import ACROSS, DOWN
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.text import shorten, width_of
from tuiexplain.views.ticks import ticks

Limits = tuple[float, float]


@dataclass(frozen=True)
class Axes:
    """``x`` and ``y`` limits of a picture of ``columns`` x ``rows`` characters from ``left`` on."""

    x: Limits
    y: Limits
    left: int
    columns: int
    rows: int

    def dot_x(self, x: float) -> float:
        """The dot across at ``x``."""
        return (x - self.x[0]) / (self.x[1] - self.x[0]) * (self.columns * ACROSS - 1)

    def dot_y(self, y: float) -> float:
        """The dot down at ``y``."""
        return (self.y[1] - y) / (self.y[1] - self.y[0]) * (self.rows * DOWN - 1)

    def column(self, x: float) -> int:
        """The column of the sheet at ``x``."""
        return self.left + int(round(self.dot_x(x)) // ACROSS)

    def row(self, y: float) -> int:
        """The line of the sheet at ``y``."""
        return int(round(self.dot_y(y)) // DOWN)

    def inside(self, x: float, y: float) -> bool:
        """Whether a point lies within the limits."""
        return self.x[0] <= x <= self.x[1] and self.y[0] <= y <= self.y[1]


def draw_axes(
    grid: Grid, x: Limits, y: Limits, look: Look, *, x_label: str = "", y_label: str = ""
) -> Axes:
    """Draw axes along the left and lower edges of ``grid``; what is left is returned.

    ``y_label`` stands above the upright axis, ``x_label`` at the end of the other.
    """
    glyphs = look.glyphs
    rows = grid.height - 2
    marks = ticks(*y, max(2, rows // 2))
    labels = [format_number(mark, 3) for mark in marks]
    left = max(map(len, labels), default=0) + 1
    axes = Axes(x, y, left, grid.width - left, rows)
    for row in range(rows):
        grid.put(left - 1, row, glyphs.vertical, look.rule)
    grid.put(left - 1, rows, glyphs.corners[2] + glyphs.line * axes.columns, look.rule)
    for mark, label in zip(marks, labels, strict=True):
        row = axes.row(mark)
        grid.put(left - 1 - len(label), row, label, look.muted)
        grid.put(left - 1, row, glyphs.tees[3], look.rule)
    if y_label:
        grid.put(left, 0, shorten(y_label, axes.columns, glyphs.ellipsis), look.muted)
    _x_numbers(grid, axes, shorten(x_label, axes.columns // 3, glyphs.ellipsis), look)
    return axes


def no_axes(grid: Grid, x: Limits, y: Limits) -> Axes:
    """All of ``grid``, for a small picture beside others of the same plane."""
    return Axes(x, y, 0, grid.width, grid.height)


def _x_numbers(grid: Grid, axes: Axes, name: str, look: Look) -> None:
    end = grid.width - (width_of(name) + 1 if name else 0)
    grid.put(end + 1, axes.rows + 1, name, look.muted)
    taken = axes.left - 1
    for mark in ticks(*axes.x, max(2, axes.columns // 8)):
        label, column = format_number(mark, 3), axes.column(mark)
        start = max(axes.left - 1, column - len(label) // 2)
        if start < taken or start + len(label) > end:
            continue
        grid.put(column, axes.rows, look.glyphs.tees[0], look.rule)
        grid.put(start, axes.rows + 1, label, look.muted)
        taken = start + len(label) + 1

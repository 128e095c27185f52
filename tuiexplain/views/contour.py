"""A landscape from above: rings of equal height, and the path of a run through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuiexplain.trace.numbers import format_number
from tuiexplain.views.axes import Axes, Limits, draw_axes
from tuiexplain.views.between import enlarged
from tuiexplain.views.canvas import ACROSS, DOWN, Canvas
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.path import Path, draw_paths
from tuiexplain.views.picture import Picture, fill

LEAST_WIDTH, LEAST_HEIGHT = 14, 5
MOST_RINGS = 6


@dataclass(frozen=True)
class Contour:
    """Heights ``z`` (a row for each y, from the lowest, a column for each x, evenly spaced).

    ``levels`` are the heights of the rings. ``path`` and ``rivals`` are drawn over them.
    """

    z: np.ndarray
    x: Limits
    y: Limits
    levels: Sequence[float]
    path: Path
    rivals: Sequence[Path] = ()
    x_label: str = ""
    y_label: str = ""


def contour(spec: Contour, width: int, height: int, look: Look) -> Picture:
    """The rings and the path in exactly ``width`` x ``height``."""
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return Picture(fill([], max(0, width), max(0, height)))
    grid = Grid(width, height)
    axes = draw_axes(
        grid,
        spec.x,
        spec.y,
        look,
        x_label=look.write(spec.x_label),
        y_label=look.write(spec.y_label),
    )
    canvas = Canvas(axes.columns, axes.rows, look)
    heights = enlarged(spec.z, canvas.down, canvas.across)[::-1]
    levels = np.sort(np.asarray(spec.levels, dtype=float))
    band = np.searchsorted(levels, np.nan_to_num(heights, nan=np.inf))
    down, across = np.nonzero(edges(band))
    canvas.dots(across, down, look.faint)
    canvas.onto(grid, axes.left, 0)
    _number(grid, axes, band, levels, look)
    _lowest(grid, axes, heights, look)
    draw_paths(grid, axes, spec.path, spec.rivals, look)
    if spec.y_label:
        grid.put(axes.left, 0, look.write(spec.y_label), look.muted)
    return Picture(grid.strips())


def edges(band: np.ndarray) -> np.ndarray:
    """The dots beside which the band of heights is another."""
    edge = np.zeros(band.shape, dtype=bool)
    for axis in (0, 1):
        here, marked = np.moveaxis(band, axis, 0), np.moveaxis(edge, axis, 0)
        marked[:-1] |= here[:-1] < here[1:]
        marked[1:] |= here[1:] < here[:-1]
    return edge


def _number(grid: Grid, axes: Axes, band: np.ndarray, levels: np.ndarray, look: Look) -> None:
    """Write on each ring how high it is, below and to the right, where it is not in the way."""
    taken: set[tuple[int, int]] = set()
    for index, level in enumerate(levels.tolist()):
        text = format_number(level, 3)
        down, across = np.nonzero(edges(band > index))
        rows, columns = down // DOWN, across // ACROSS
        start = columns - len(text) // 2
        fits = (start >= 0) & (start + len(text) <= axes.columns)
        order = np.argsort(-(2 * rows + columns), kind="stable")
        for place in order[fits[order]].tolist():
            row, left = int(rows[place]), int(start[place])
            cells = {(row, column) for column in range(left - 1, left + len(text) + 1)}
            if not cells & taken:
                taken |= cells
                grid.put(axes.left + left, row, text, look.muted)
                break


def _lowest(grid: Grid, axes: Axes, heights: np.ndarray, look: Look) -> None:
    """A cross at the lowest place, unless the land goes on falling beyond the picture."""
    if not np.isfinite(heights).any():
        return
    down, across = np.unravel_index(np.nanargmin(heights), heights.shape)
    if 0 < down < heights.shape[0] - 1 and 0 < across < heights.shape[1] - 1:
        column, row = axes.left + int(across) // ACROSS, int(down) // DOWN
        grid.put(column, row, look.glyphs.times, look.good)


def rings(z: np.ndarray, start: float) -> list[float]:
    """Heights of rings, evenly spaced on a bowl, one at the height ``start`` if few enough fit."""
    finite = np.asarray(z, dtype=float)[np.isfinite(z)]
    if not finite.size:
        return []
    lowest, highest = float(finite.min()), float(finite.max())
    radius = np.sqrt(max(start - lowest, 0.0)) / 2
    reach = np.sqrt(highest - lowest)
    if not np.isfinite(radius + reach) or reach <= 0:
        return []
    if radius < reach * 1e-3:
        radius = reach / MOST_RINGS
    while reach / radius > MOST_RINGS:
        radius *= 2
    return [lowest + (k * radius) ** 2 for k in range(1, int(reach / radius) + 1)]


def even(x: Limits, y: Limits, width: int, height: int) -> tuple[Limits, Limits]:
    """``x`` and ``y`` widened so that one unit is equally long along both axes.

    ``width`` x ``height``: the characters of the picture with its axes.
    """
    across, down = max(1, width - 4) * ACROSS, max(1, height - 2) * DOWN
    unit = max((x[1] - x[0]) / across, (y[1] - y[0]) / down)
    return _widened(x, unit * across), _widened(y, unit * down)


def _widened(limits: Limits, length: float) -> Limits:
    middle = (limits[0] + limits[1]) / 2
    return (middle - length / 2, middle + length / 2)

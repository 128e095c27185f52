"""A number everywhere on a plane, as heat: what one unit says, or a regression's answer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from tuiexplain.views.axes import Axes, Limits, draw_axes, no_axes
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.palette import colour, ink
from tuiexplain.views.picture import Picture, fill
from tuiexplain.views.surface import put_points, surface_fits


@dataclass(frozen=True)
class Field:
    """``values`` (rows, columns) for the places of a room (:func:`tuiexplain.views.surface.room`).

    ``points`` are rows (x, y) with a number each, told by a sign that points up or down. Colours go
    by ``largest``, that of the picture if it is not given; ``steps`` makes them few.
    """

    x: Limits
    y: Limits
    values: np.ndarray
    points: Any = ()
    numbers: Any = None
    largest: float | None = None
    steps: int | None = None
    selected: int | None = None
    x_label: str = ""
    y_label: str = ""
    bare: bool = False
    """Without axes: one of several small ones of the same plane."""


def field(spec: Field, width: int, height: int, look: Look) -> Picture:
    """The picture in exactly ``width`` x ``height``. Hits: the number of the nearest point."""
    if not surface_fits(width, height):
        return Picture(fill([], max(0, width), max(0, height)))
    grid = Grid(width, height)
    labels = {"x_label": look.write(spec.x_label), "y_label": look.write(spec.y_label)}
    if spec.bare:
        axes = no_axes(grid, spec.x, spec.y)
    else:
        axes = draw_axes(grid, spec.x, spec.y, look, **labels)
    levels = look.heat.quantise(spec.values, spec.largest)
    if spec.steps is not None:
        levels = _coarse(levels, look.heat.top, spec.steps)
    signs = look.colourless or look.ascii_only
    (_shades if signs else _blocks)(grid, axes, levels, look)
    up, down = look.glyphs.up, look.glyphs.down

    def put(place: tuple[int, int], below: int) -> None:
        style = look.strong
        if not signs:
            background = look.heat.background(int(levels[2 * place[1], place[0] - axes.left]))
            style = colour(ink(background or look.paper or 0), background, bold=True)
        grid.put(*place, down if below else up, style)

    below = None
    if spec.numbers is not None:
        below = (np.asarray(spec.numbers, dtype=float) < 0).astype(int)
    hits = put_points(grid, axes, spec.points, below, spec.selected, put, look)
    return Picture(grid.strips(), hits)


def _coarse(levels: np.ndarray, top: int, steps: int) -> np.ndarray:
    """The same with ``steps`` levels on either side of zero; NaN stays what it is."""
    inside = np.abs(levels) <= top
    few = np.ceil(np.abs(levels) * steps / top) * (top // steps)
    return np.where(inside, np.sign(levels) * np.minimum(few, top), levels).astype(int)


def _blocks(grid: Grid, axes: Axes, levels: np.ndarray, look: Look) -> None:
    """Two rows of places in a line; neighbours alike are written at once."""
    for row in range(axes.rows):
        upper, lower = levels[2 * row], levels[2 * row + 1]
        cuts = np.flatnonzero((np.diff(upper) != 0) | (np.diff(lower) != 0)) + 1
        edges = [0, *cuts.tolist(), axes.columns]
        for start, end in pairwise(edges):
            above, below = int(upper[start]), int(lower[start])
            # One colour in both halves is a space: half the bytes.
            text = " " if above == below else look.glyphs.half
            style = look.heat.style(above) if above == below else look.heat.blocks(above, below)
            grid.put(axes.left + start, row, text * (end - start), style)


def _shades(grid: Grid, axes: Axes, levels: np.ndarray, look: Look) -> None:
    """Sign and magnitude by turns."""
    for row in range(axes.rows):
        line = levels[row].tolist()
        text = "".join(look.heat.shade(level)[i % 2] for i, level in enumerate(line))
        grid.put(axes.left, row, text, look.faint)

"""The plane as a classifier sees it: which class it says where, how surely, and the points."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from tuiexplain.views.axes import Axes, Limits, draw_axes, no_axes
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.palette import colour
from tuiexplain.views.picture import Hits, Picture, fill, nearest_hits

LEAST_WIDTH, LEAST_HEIGHT = 12, 4
UNSURE = 0.15
"""Below this sureness (0: all classes alike, 1: only one) a place belongs to no class yet."""


class Room(NamedTuple):
    """What of a picture the plane takes: ``columns`` x ``rows`` places of ``down`` to a line."""

    axes: Axes
    down: int

    @property
    def columns(self) -> int:
        """Places from left to right."""
        return self.axes.columns

    @property
    def rows(self) -> int:
        """Places from top to bottom."""
        return self.axes.rows * self.down


@dataclass(frozen=True)
class Surface:
    """``winner`` (whole numbers) and ``share`` (the winner's probability) for a room's places.

    ``points`` are rows (x, y), ``classes`` theirs, or ``None`` where all are alike. ``held`` flags
    those that were not learnt from: their signs are hollow.
    """

    x: Limits
    y: Limits
    winner: np.ndarray
    share: np.ndarray
    count: int
    points: Any = ()
    classes: Any = None
    selected: int | None = None
    x_label: str = ""
    y_label: str = ""
    held: Any = None
    bare: bool = False
    """Without axes: one of several small ones of the same plane."""


def surface_fits(width: int, height: int) -> bool:
    """Whether there is room for a surface at all."""
    return width >= LEAST_WIDTH and height >= LEAST_HEIGHT


def room(x: Limits, y: Limits, width: int, height: int, look: Look, *, bare: bool = False) -> Room:
    """The places that a surface of ``width`` x ``height`` wants answers for."""
    grid = Grid(width, height)
    axes = no_axes(grid, x, y) if bare else draw_axes(grid, x, y, look)
    return Room(axes, 1 if _patterned(look) else 2)


def surface(spec: Surface, width: int, height: int, look: Look) -> Picture:
    """The picture in exactly ``width`` x ``height``. Hits: the number of the nearest point."""
    if not surface_fits(width, height):
        return Picture(fill([], max(0, width), max(0, height)))
    grid = Grid(width, height)
    labels = {"x_label": look.write(spec.x_label), "y_label": look.write(spec.y_label)}
    if spec.bare:
        axes = no_axes(grid, spec.x, spec.y)
    else:
        axes = draw_axes(grid, spec.x, spec.y, look, **labels)
    levels = _levels(spec, len(look.regions[0]) if look.regions else 0)
    if _patterned(look):
        _patterns(grid, axes, spec, look)
    else:
        _colours(grid, axes, levels, spec.winner, look)
    kinds = len(look.glyphs.classes)
    signs = look.glyphs.classes + look.glyphs.open_classes
    classes = spec.classes
    if spec.held is not None:
        known = np.zeros(len(spec.points), int) if classes is None else np.asarray(classes, int)
        classes = known % kinds + kinds * np.asarray(spec.held, dtype=int)

    def put(place: tuple[int, int], kind: int) -> None:
        style = look.strong
        if not _patterned(look):
            row, column = 2 * place[1], place[0] - axes.left
            said = int(spec.winner[row, column]) % len(look.regions)
            ground = look.regions[said][int(levels[row, column])]
            style = colour(look.signs[kind % kinds % len(look.signs)], ground, bold=True)
        grid.put(*place, signs[kind % len(signs)], style)

    hits = put_points(grid, axes, spec.points, classes, spec.selected, put, look)
    return Picture(grid.strips(), hits)


def _patterned(look: Look) -> bool:
    """Without colours, or without the half block, classes are told by patterns."""
    return look.colourless or look.ascii_only


def sureness(share: np.ndarray, count: int) -> np.ndarray:
    """From 0, where ``count`` classes are equally likely, to 1, where there is only one."""
    least = 1 / max(2, count)
    return np.asarray((np.asarray(share, dtype=float) - least) / (1 - least))


def _levels(spec: Surface, steps: int) -> np.ndarray:
    """How strong a place's colour is; few steps, so that learning changes few places a frame."""
    sure = np.nan_to_num(sureness(spec.share, spec.count), nan=0.0)
    above = 1 + np.maximum(sure - UNSURE, 0) / (1 - UNSURE) * (steps - 1)
    levels: np.ndarray = np.where(sure < UNSURE, 0, np.minimum(above, steps - 1)).astype(np.int8)
    return levels


def _colours(grid: Grid, axes: Axes, levels: np.ndarray, winner: np.ndarray, look: Look) -> None:
    """Half blocks: each line shows two rows of places, and neighbours alike are written at once."""
    regions = look.regions
    numbers = np.array(regions)[winner % len(regions), levels]
    for row in range(axes.rows):
        upper, lower = numbers[2 * row], numbers[2 * row + 1]
        changes = (np.diff(upper) != 0) | (np.diff(lower) != 0)
        edges = [0, *(np.flatnonzero(changes) + 1).tolist(), axes.columns]
        for start, end in pairwise(edges):
            above, below = int(upper[start]), int(lower[start])
            # One colour in both halves is a space: half the bytes, and no seam between lines.
            if above == below:
                text, style = " ", colour(None, above)
            else:
                text, style = look.glyphs.half, colour(above, below)
            grid.put(axes.left + start, row, text * (end - start), style)


def _patterns(grid: Grid, axes: Axes, spec: Surface, look: Look) -> None:
    fills = look.glyphs.regions
    sure = sureness(spec.share, spec.count)
    for row in range(axes.rows):
        text = "".join(
            fills[winner % len(fills)] if amount >= UNSURE else " "
            for winner, amount in zip(spec.winner[row].tolist(), sure[row].tolist(), strict=True)
        )
        grid.put(axes.left, row, text, look.faint)


def put_points(
    grid: Grid,
    axes: Axes,
    points: Any,
    classes: Any,
    selected: int | None,
    put: Callable[[tuple[int, int], int], None],
    look: Look,
) -> Hits:
    """Let ``put`` write the points within the axes, by place and class; the selected one on top."""
    points = np.asarray(points, dtype=float).reshape(-1, 2)
    classes = np.zeros(len(points), int) if classes is None else np.asarray(classes, dtype=int)
    places: dict[int, tuple[int, int]] = {}
    for i, ((x, y), kind) in enumerate(zip(points.tolist(), classes.tolist(), strict=True)):
        if math.isfinite(x) and math.isfinite(y) and axes.inside(x, y):
            places[i] = (axes.column(x), axes.row(y))
            put(places[i], kind)
    if selected in places:
        sign = look.glyphs.classes[int(classes[selected]) % len(look.glyphs.classes)]
        grid.put(*places[selected], sign, look.highlight)
    return nearest_hits(places)

"""Where a run went: its steps as a path, on a curve or on a map."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.style import Style

from tuiexplain.views.axes import Axes, Limits, draw_axes
from tuiexplain.views.between import enlarged
from tuiexplain.views.canvas import Canvas
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture, fill

FEW = 30
"""Steps up to which each has a mark of its own; of more, the lines between them remain."""
LEAST_WIDTH, LEAST_HEIGHT = 12, 4
HEAP = 0.6
"""The most of the picture's height that a heap of walkers takes."""


@dataclass(frozen=True)
class Path:
    """The places ``x``, ``y`` of the steps in their order; those that are not finite are left out.

    ``marked`` draws the last place as the one where the learner is.
    """

    x: Sequence[float] | np.ndarray
    y: Sequence[float] | np.ndarray
    marked: bool = True


@dataclass(frozen=True)
class Descent:
    """Heights ``y`` at even places over the limits ``x``, and the steps of a run on that curve.

    ``rivals`` are the runs that it is compared with. ``crowd`` are places of many walkers: they
    stand in heaps on the curve.
    """

    y: np.ndarray
    x: Limits
    path: Path
    rivals: Sequence[Path] = ()
    crowd: np.ndarray | None = None
    x_label: str = ""
    y_label: str = ""


def descent(spec: Descent, width: int, height: int, look: Look) -> Picture:
    """The curve over the whole of its ``x``, and the steps, in exactly ``width`` x ``height``."""
    y = np.asarray(spec.y, dtype=float)
    if width < LEAST_WIDTH or height < LEAST_HEIGHT or not np.isfinite(y).any():
        return Picture(fill([], max(0, width), max(0, height)))
    grid = Grid(width, height)
    axes = draw_axes(
        grid,
        spec.x,
        roomy(y[np.isfinite(y)]),
        look,
        x_label=look.write(spec.x_label),
    )
    canvas = Canvas(axes.columns, axes.rows, look)
    _join(canvas, axes, np.linspace(*spec.x, canvas.across), enlarged(y, canvas.across), look.muted)
    canvas.onto(grid, axes.left, 0)
    if spec.crowd is not None:
        _heap(grid, axes, spec.crowd, y, look)
    draw_paths(grid, axes, spec.path, spec.rivals, look)
    middle = axes.left + axes.columns // 2  # its left corner is where a valley's wall stands
    if spec.y_label and grid.blank_at(middle, 0):
        grid.put(middle, 0, look.write(spec.y_label), look.muted)
    return Picture(grid.strips())


def _heap(grid: Grid, axes: Axes, crowd: np.ndarray, heights: np.ndarray, look: Look) -> None:
    """Above each dot of the curve as many dots as walkers stand there, or their share."""
    canvas = Canvas(axes.columns, axes.rows, look)
    with np.errstate(all="ignore"):
        places = np.array([axes.dot_x(float(x)) for x in crowd.reshape(-1)])
    places = np.rint(places[np.isfinite(places)])
    inside = places[(places >= 0) & (places < canvas.across)].astype(int)
    counts = np.bincount(inside, minlength=canvas.across)
    ground = enlarged(heights, canvas.across)
    scale = min(1.0, HEAP * canvas.down / max(1, counts.max(initial=0)))
    for x in np.flatnonzero(counts).tolist():
        bottom = axes.dot_y(float(ground[x]))
        top = bottom - math.ceil(counts[x] * scale)
        canvas.line((x, bottom - 1), (x, top), look.series[0])
    canvas.onto(grid, axes.left, 0)


def draw_paths(grid: Grid, axes: Axes, path: Path, rivals: Sequence[Path], look: Look) -> None:
    """Draw the path over those of the rivals.

    The marks of one rival are hollow; more of them have their number, from 2, at their last place,
    as in the curve of the loss, without colours at every one, and end where they leave the picture.
    """
    if len(rivals) > 1:
        rivals = [_inside(axes, rival) for rival in rivals]
    canvas = Canvas(axes.columns, axes.rows, look)
    styles = [look.series[i % len(look.series)] for i in range(len(rivals) + 1)]
    for each, style in reversed([*zip((path, *rivals), styles, strict=True)]):
        _join(canvas, axes, each.x, each.y, style)
    canvas.onto(grid, axes.left, 0)
    if len(rivals) == 1:
        _marks(grid, axes, rivals[0], styles[1], look.glyphs.pending)
    _marks(grid, axes, path, styles[0], look.glyphs.point)
    if len(rivals) > 1:
        for i, each in reversed([*enumerate(rivals, start=1)]):
            if look.colourless:
                _marks(grid, axes, each, styles[i], str(i + 1))
            _number(grid, axes, each, str(i + 1), styles[i])
    if path.marked and len(path.x):
        _here(grid, axes, float(path.x[-1]), float(path.y[-1]), look)


def _inside(axes: Axes, path: Path) -> Path:
    """The path up to the first place outside of the picture."""
    places = zip(path.x, path.y, strict=True)
    left = next((i for i, place in enumerate(places) if not axes.inside(*place)), len(path.x))
    return Path(path.x[: left + 1], path.y[: left + 1], path.marked)


def _number(grid: Grid, axes: Axes, path: Path, number: str, style: Style) -> None:
    """The number of a path at the last of its places inside of the picture."""
    for x, y in zip(path.x[::-1], path.y[::-1], strict=True):
        if axes.inside(x, y):
            grid.put(axes.column(x), axes.row(y), number, style)
            return


def _join(
    canvas: Canvas,
    axes: Axes,
    x: Sequence[float] | np.ndarray,
    y: Sequence[float] | np.ndarray,
    style: Style,
) -> None:
    """Lines from place to place."""
    with np.errstate(all="ignore"):
        dots = [(axes.dot_x(float(a)), axes.dot_y(float(b))) for a, b in zip(x, y, strict=True)]
    for start, end in itertools.pairwise(dots):
        canvas.line(start, end, style)


def _marks(grid: Grid, axes: Axes, path: Path, style: Style, mark: str) -> None:
    """Each place of a short path, the first one of a long path."""
    places = list(zip(path.x, path.y, strict=True))
    for a, b in places if len(places) <= FEW else places[:1]:
        if axes.inside(a, b):
            grid.put(axes.column(a), axes.row(b), mark, style)


def _here(grid: Grid, axes: Axes, x: float, y: float, look: Look) -> None:
    """Where the learner is; a cross on the frame where that lies outside of the picture."""
    if axes.inside(x, y):
        grid.put(axes.column(x), axes.row(y), look.glyphs.point, look.highlight)
        return
    if math.isnan(x) or math.isnan(y):
        x, y = axes.x[1], axes.y[1]
    x, y = min(max(x, axes.x[0]), axes.x[1]), min(max(y, axes.y[0]), axes.y[1])
    grid.put(axes.column(x), axes.row(y), look.glyphs.cross, look.bad)


def roomy(values: np.ndarray, share: float = 0.05) -> Limits:
    """Limits a little beyond finite values."""
    low, high = float(values.min()), float(values.max())
    room = (high - low) * share or abs(high) * 0.1 or 1.0
    return (low - room, high + room)

"""How numbers are spread: how many lie in each stretch of their range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tuiexplain.trace.numbers import format_number
from tuiexplain.views.axes import draw_axes
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture, fill
from tuiexplain.views.text import width_of

LEAST_WIDTH, LEAST_HEIGHT = 12, 5
FEW = 8
"""Bins for the fewest numbers; more numbers get more, up to one for each column."""


@dataclass(frozen=True)
class Histogram:
    """``values`` to count, what they are called, and one of them to find again.

    ``mean`` and ``spread`` are the words before the two numbers above the bars.
    """

    values: np.ndarray
    name: str = ""
    selected: float | None = None
    mean: str = "mean"
    spread: str = "std"


def histogram(spec: Histogram, width: int, height: int, look: Look) -> Picture:
    """Upright bars over the range of the finite values, with mean and spread above them."""
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return Picture(fill([], max(0, width), max(0, height)))
    values = np.asarray(spec.values, dtype=float).reshape(-1)
    finite = values[np.isfinite(values)]
    grid = Grid(width, height)
    grid.put(0, 0, look.write(spec.name), look.name)
    if not finite.size:
        return Picture(grid.strips())
    told = _told(spec, finite, width - width_of(spec.name) - bool(spec.name), look)
    grid.put(width - width_of(told), 0, told, look.muted)
    limits = _limits(finite)
    bins = int(min(width // 2, max(FEW, 2 * np.sqrt(finite.size))))
    with np.errstate(all="ignore"):
        counts, _ = np.histogram(finite, bins, limits)
    body = Grid(width, height - 1)
    axes = draw_axes(body, limits, (0.0, float(counts.max())), look)
    chosen = None
    if spec.selected is not None and limits[0] <= spec.selected <= limits[1]:
        share = (spec.selected - limits[0]) / (limits[1] - limits[0])
        chosen = min(bins - 1, int(share * bins))
    for column in range(axes.columns):
        i = column * bins // axes.columns
        eighths = round(counts[i] / counts.max() * axes.rows * 8)
        eighths = max(eighths, int(counts[i] > 0))
        whole, rest = divmod(eighths, 8)
        style = look.strong if i == chosen else look.series[0]
        full = look.glyphs.bars[-1]
        for row in range(whole):
            body.put(axes.left + column, axes.rows - 1 - row, full, style)
        if rest:
            body.put(axes.left + column, axes.rows - 1 - whole, look.glyphs.bars[rest - 1], style)
    return Picture([grid.strips()[0], *body.strips()])


def _told(spec: Histogram, values: np.ndarray, room: int, look: Look) -> str:
    """Mean and spread; with fewer digits, or the spread alone, where there is little room."""
    with np.errstate(all="ignore"):
        mean, spread = float(values.mean()), float(values.std())

    def both(digits: int, gap: str) -> str:
        first = f"{spec.mean} {format_number(mean, digits)}"
        return f"{first}{gap}{spec.spread} {format_number(spread, digits)}"

    ways = (both(3, "  "), both(2, " "), f"{spec.spread} {format_number(spread, 3)}")
    fitting = (told for told in map(look.write, ways) if width_of(told) <= room)
    return next(fitting, "")


def _limits(finite: np.ndarray) -> tuple[float, float]:
    low, high = float(finite.min()), float(finite.max())
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        room = abs(high) * 0.1 or 1.0
        return low - room, high + room
    return low, high

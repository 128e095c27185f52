"""A cache of keys and values: a column per position, and which were computed (again) just now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from textual.strip import Strip

from tuiexplain.trace.tile import Reduce, reduce_tile
from tuiexplain.views.heatmap import half_blocks
from tuiexplain.views.look import Look
from tuiexplain.views.palette import largest_of
from tuiexplain.views.picture import Line, Picture
from tuiexplain.views.text import width_of


class Made(Enum):
    """How the numbers of a position came to be there."""

    KEPT = "kept"
    NEW = "new"
    AGAIN = "again"


@dataclass(frozen=True)
class Band:
    """One array of the cache: ``values`` is (positions, features), as far as it is there."""

    name: str
    values: np.ndarray
    columns: Sequence[Made]


@dataclass(frozen=True)
class CacheGrid:
    """``bands`` one below the other, ``positions`` columns wide; ``marks`` are under them."""

    bands: Sequence[Band]
    positions: int


def cache_grid(spec: CacheGrid, width: int, height: int, look: Look) -> Picture:
    """The bands in equal heights, over each position its mark; the last positions if too many.

    ``·`` was kept, ``+`` is new, ``×`` was there before and has been computed again.
    """
    margin = max((width_of(band.name) for band in spec.bands), default=0) + 1
    room = max(1, width - margin)
    first = max(0, spec.positions - room)
    lines = max(1, height // max(1, len(spec.bands)) - 1)
    strips: list[Strip] = []
    for band in spec.bands:
        if len(strips) + 2 > height:
            break
        strips.append(_marks(band, first, margin, width, look))
        strips += _heat(band, first, lines, margin, width, look)
    return Picture(strips[:height])


def _marks(band: Band, first: int, margin: int, width: int, look: Look) -> Strip:
    signs = {
        Made.KEPT: (look.glyphs.unknown, look.faint),
        Made.NEW: ("+", look.good),
        # Lit from behind: what should not have to be done catches the eye.
        Made.AGAIN: (look.glyphs.times, look.cursor),
    }
    line = Line(width).add(look.write(band.name), look.name).to(margin - 1)
    line.add(look.glyphs.left if first else " ", look.faint)
    for column in band.columns[first:]:
        line.add(*signs[column])
    return line.strip()


def _heat(band: Band, first: int, lines: int, margin: int, width: int, look: Look) -> list[Strip]:
    """``lines`` lines of heat, features downwards; nothing where no position is yet."""
    shown = np.asarray(band.values, dtype=float)[first:].T
    if not shown.size or width <= margin:
        return [Line(width).strip() for _ in range(lines)]
    signs = look.colourless or look.ascii_only
    rows = min(shown.shape[0], lines if signs else lines * 2)
    tile = reduce_tile(shown, None, (rows, shown.shape[1]), Reduce.EXTREME)
    levels = look.heat.quantise(tile, largest_of(band.values))
    if signs:
        strips = [
            Line(width - margin).add("".join(look.heat.shade(i)[1] for i in row), look.text).strip()
            for row in levels.tolist()
        ]
    else:
        strips = half_blocks(levels, width - margin, look)
    strips += [Line(width - margin).strip() for _ in range(lines - len(strips))]
    return [Line(width).space(margin).extend(strip).strip() for strip in strips]

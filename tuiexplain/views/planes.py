"""Planes: small images side by side, with the cells that a window covers marked in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from textual.strip import Strip

from tuiexplain.views.look import Look
from tuiexplain.views.palette import CAUSE, largest_of
from tuiexplain.views.picture import Line, Picture
from tuiexplain.views.text import width_of
from tuiexplain.views.thumbnail import number_text

NUMBER, HEAT = 3, 2
"""Columns of a cell: with its number (and one for the mark before it), or as colour alone."""
MOST_NUMBERS = 36
"""Cells of a plane that is worth writing out."""
Position = tuple[int, int]


@dataclass(frozen=True)
class Plane:
    """One image. ``values`` is rows x columns, or ``None`` where it is not computed yet.

    ``around`` is its padding, rows and columns on each side, which positions count too. ``seen``
    are the cells under the window, ``won`` those that were taken as the largest, ``chosen`` is the
    selected one.
    """

    title: str
    shape: tuple[int, int]
    values: np.ndarray | None = None
    around: tuple[int, int] = (0, 0)
    seen: frozenset[Position] = frozenset()
    won: frozenset[Position] = frozenset()
    chosen: Position | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns, with the padding."""
        return self.shape[0] + 2 * self.around[0], self.shape[1] + 2 * self.around[1]


@dataclass(frozen=True)
class Row:
    """Planes side by side, with what stands between them."""

    planes: Sequence[Plane]
    signs: Sequence[str] = field(default=())


def planes(rows: Sequence[Row], width: int, height: int, look: Look) -> Picture:
    """Rows of planes, as many as there is room for; with their numbers where all of them fit.

    Cells under the window stand in brackets; of those taken as the largest, a mark is before them.
    """
    small = all(p.size[0] * p.size[1] <= MOST_NUMBERS for row in rows for p in row.planes)
    numbers = small and all(_row_width(row, True, look) <= width for row in rows)
    strips: list[Strip] = []
    for row in rows:
        lines = _row(row, width, numbers, look)
        if strips and len(strips) + len(lines) > height:
            break
        strips += lines
    return Picture(strips[:height])


def _row_width(row: Row, numbers: bool, look: Look) -> int:
    around = 1 if numbers else 2
    signs = sum(width_of(look.write(sign)) + around for sign in row.signs)
    return signs + sum(_plane_width(p, numbers) for p in row.planes)


def _plane_width(plane: Plane, numbers: bool) -> int:
    return plane.size[1] * (NUMBER + 1) + 1 if numbers else plane.size[1] * HEAT


def _row(row: Row, width: int, numbers: bool, look: Look) -> list[Strip]:
    """The titles, and below them the planes; signs stand at half the height of the first."""
    height = max(plane.size[0] for plane in row.planes)
    title = Line(width)
    at = 0
    lines = [Line(width) for _ in range(height)]
    for index, plane in enumerate(row.planes):
        wide = _plane_width(plane, numbers)
        name = look.write(plane.title)
        if width_of(name) <= max(wide, width - at):
            title.to(at).add(name, look.muted, look.glyphs.ellipsis)
        for r in range(plane.size[0]):
            lines[r].to(at)
            (_numbers if numbers else _heat)(lines[r], plane, r, look)
        at += wide
        if index < len(row.signs):
            sign = look.write(row.signs[index])
            sign = f"{sign} " if numbers else f" {sign} "
            lines[(row.planes[0].size[0] - 1) // 2].to(at).add(sign, look.strong)
            at += width_of(sign)
    return [title.strip(), *(line.strip() for line in lines)]


def _inside(plane: Plane, r: int, c: int) -> Position | None:
    """The cell of the image at a position; ``None`` on its padding."""
    i, j = r - plane.around[0], c - plane.around[1]
    return (i, j) if 0 <= i < plane.shape[0] and 0 <= j < plane.shape[1] else None


def _numbers(line: Line, plane: Plane, r: int, look: Look) -> None:
    columns = plane.size[1]
    levels = None if plane.values is None else look.tint.quantise(plane.values)
    for c in range(columns + 1):
        before, here = (r, c - 1) in plane.seen, (r, c) in plane.seen
        mark = "[" if here and not before else "]" if before and not here else " "
        if (r, c) in plane.won:
            mark = look.glyphs.cause
        line.add(mark, look.cause)
        if c == columns:
            return
        cell = _inside(plane, r, c)
        if cell is None or plane.values is None or levels is None:
            text = "0" if cell is None and plane.values is not None else look.glyphs.unknown
            line.add(f"{text:>{NUMBER}}", look.faint)
            continue
        text = look.write(number_text(float(plane.values[cell]), NUMBER))
        style = look.tint.style(int(levels[cell]), CAUSE if here else 0)
        line.add(f"{text:>{NUMBER}}", look.cursor if plane.chosen == (r, c) else style)


def _heat(line: Line, plane: Plane, r: int, look: Look) -> None:
    signs = look.colourless or look.ascii_only
    scale = 0.0 if plane.values is None else largest_of(plane.values)
    for c in range(plane.size[1]):
        cell = _inside(plane, r, c)
        unknown = cell is None or plane.values is None
        level = 0
        if cell is not None and plane.values is not None:
            level = int(look.heat.quantise(plane.values[cell], scale))
        text = look.glyphs.unknown + " " if unknown else look.heat.shade(level) if signs else "  "
        if (r, c) in plane.seen:
            left = "[" if (r, c - 1) not in plane.seen else text[0]
            text = left + ("]" if (r, c + 1) not in plane.seen else text[1])
        if (r, c) in plane.won:
            text = look.glyphs.cause + text[1]
        style = look.faint if unknown else look.heat.style(level, CAUSE)
        if (r, c) in plane.seen and unknown:
            style = look.highlight
        line.add(text, look.cursor if plane.chosen == (r, c) else style)

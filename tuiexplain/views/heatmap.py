"""Heat without digits: one cell per two columns, or per half a line where there are many."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from rich.segment import Segment
from textual.strip import Strip

from tuiexplain.trace.tile import Reduce, reduce_tile
from tuiexplain.views.look import Look
from tuiexplain.views.matrix_spec import Matrix, Position
from tuiexplain.views.palette import CAUSE, colour, largest_of
from tuiexplain.views.picture import PLAIN, Area, Hits, Line


class HeatMap:
    """The colours of a matrix in at most ``width`` x ``height``, reduced where they do not fit.

    ``halves``: a line shows two rows (``▀``), which takes colours and Unicode. A reduced cell shows
    the number of its part that is farthest from zero.
    """

    def __init__(self, spec: Matrix, width: int, height: int, look: Look) -> None:
        self.spec, self.look = spec, look
        rows, columns = spec.size
        fits = columns * 2 <= width and rows <= height
        self.halves = not fits and not look.colourless and not look.ascii_only
        across, lines = (width, height * 2) if self.halves else (width // 2, height)
        self.shape = (min(rows, lines), min(columns, across))
        self.cell = 1 if self.halves else 2
        self.width = self.shape[1] * self.cell

    def foot(self) -> str:
        """From what to what the matrix was reduced, if it was."""
        whole, shape = self.spec.size, self.shape
        if whole == shape:
            return ""
        times, arrow = self.look.glyphs.times, self.look.glyphs.forward
        return f"{whole[0]}{times}{whole[1]} {arrow} {shape[0]}{times}{shape[1]}"

    def strips(self, width: int) -> list[Strip]:
        """The lines, each ``width`` columns wide."""
        spec, look = self.spec, self.look
        if spec.values is None:
            text = look.glyphs.unknown.ljust(self.cell) * self.shape[1]
            lines = -(-self.shape[0] // 2) if self.halves else self.shape[0]
            return [Line(width).add(text, look.faint).strip() for _ in range(lines)]
        region = (0, spec.size[0], 0, spec.size[1])
        if isinstance(spec.values, np.ndarray):
            tile = reduce_tile(spec.values, region, self.shape, Reduce.EXTREME)
        else:
            tile = np.asarray(spec.values.tile(region, self.shape))
        scale = largest_of(tile) if spec.largest is None else spec.largest
        levels = look.heat.quantise(tile, scale)
        cursor = None if spec.cursor is None else self._place(spec.cursor)
        return (half_blocks if self.halves else wide_cells)(levels, width, look, cursor)

    def _place(self, cell: Position) -> Position:
        """Where a cell of the whole matrix lies in the reduced one."""
        whole, shape = self.spec.size, self.shape
        return _part(cell[0], whole[0], shape[0]), _part(cell[1], whole[1], shape[1])

    def hits(self) -> Hits:
        """Cells of the whole matrix: the first one of each part."""
        whole, shape, down = self.spec.size, self.shape, 2 if self.halves else 1

        def at(x: int, y: int) -> Position | None:
            r, c = y * down, x // self.cell
            if x < 0 or y < 0 or r >= shape[0] or c >= shape[1]:
                return None
            return (r * whole[0] // shape[0], c * whole[1] // shape[1])

        def where(cell: Position) -> Area | None:
            if not (0 <= cell[0] < whole[0] and 0 <= cell[1] < whole[1]):
                return None
            r, c = self._place(cell)
            return Area(c * self.cell, r // down, self.cell, 1)

        return Hits(at, where)


def _part(at: int, whole: int, parts: int) -> int:
    """Which of ``parts`` parts holds ``at``, when part ``i`` starts at ``i * whole // parts``."""
    return ((at + 1) * parts - 1) // whole if parts < whole else at


def wide_cells(
    levels: np.ndarray, width: int, look: Look, cursor: Position | None = None
) -> list[Strip]:
    """Each level as two columns of its colour (or its sign and shade without colour)."""
    heat = look.heat
    signs = look.colourless or look.ascii_only
    shades = {i: heat.shade(i) if signs else "  " for i in range(-heat.top, heat.undefined)}
    shades[heat.undefined] = "??"
    strips = []
    for r, row in enumerate(levels.tolist()):
        line = Line(width)
        here = cursor[1] if cursor is not None and cursor[0] == r else None
        for start, count in _stretches(row, here):
            level = row[start]
            if start != here:
                line.add(shades[level] * count, heat.style(level))
            elif signs:
                line.add(shades[level], look.cursor)
            else:
                line.add("[]", heat.style(level, CAUSE))
        strips.append(line.strip())
    return strips


def _stretches(row: list[int], single: int | None) -> list[tuple[int, int]]:
    """First column and length of each run of equal levels; the cell ``single`` is its own run."""
    cuts = [i for i in range(1, len(row)) if row[i] != row[i - 1] or single in (i, i - 1)]
    edges = pairwise([0, *cuts, len(row)])
    return [(start, end - start) for start, end in edges if end > start]


def half_blocks(
    levels: np.ndarray, width: int, look: Look, cursor: Position | None = None
) -> list[Strip]:
    """Two rows of levels in each line: the upper as ``▀``, the lower as its background."""
    rows, columns = levels.shape
    grid: list[list[int]] = levels.tolist()
    strips = []
    for top in range(0, rows, 2):
        upper = grid[top]
        lower: Sequence[int | None] = grid[top + 1] if top + 1 < rows else [None] * columns
        if cursor is not None and cursor[0] // 2 == top // 2:
            at = cursor[1]
            segments = [
                *_runs(upper[:at], lower[:at], look),
                _cursor(upper[at], lower[at], cursor[0] % 2, look),
                *_runs(upper[at + 1 :], lower[at + 1 :], look),
            ]
        else:
            segments = _runs(upper, lower, look)
        if width > columns:
            segments.append(Segment(" " * (width - columns), PLAIN))
        strips.append(Strip(segments, width))
    return strips


def _runs(upper: Sequence[int], lower: Sequence[int | None], look: Look) -> list[Segment]:
    """Neighbours of the same colours as one segment."""
    blocks, half = look.heat.blocks, look.glyphs.half
    segments = []
    start, before = 0, None
    pairs = list(zip(upper, lower, strict=True))
    for i, pair in enumerate(pairs):
        if pair != before:
            if before is not None:
                segments.append(Segment(half * (i - start), blocks(*before)))
            start, before = i, pair
    if before is not None:
        segments.append(Segment(half * (len(pairs) - start), blocks(*before)))
    return segments


def _cursor(upper: int, lower: int | None, in_lower: int, look: Look) -> Segment:
    """The cell under the cursor in the cursor's colour; its neighbour in the line keeps its own."""
    mark = look.cursor.bgcolor
    assert mark is not None
    if in_lower:
        return Segment(look.glyphs.half, colour(look.heat.background(upper), mark.number))
    below = None if lower is None else look.heat.background(lower)
    return Segment(look.glyphs.half, colour(mark.number, below))

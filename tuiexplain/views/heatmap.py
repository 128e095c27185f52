"""Heat without digits: one cell per two columns, or per half a line where there are many."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuiexplain.trace.tile import Reduce, reduce_tile
from tuiexplain.views.look import Look
from tuiexplain.views.matrix_spec import Matrix
from tuiexplain.views.palette import CAUSE, colour, largest_of
from tuiexplain.views.picture import Area, Hits, Line


def heat_map(spec: Matrix, width: int, height: int, look: Look) -> tuple[list[Strip], Hits, str]:
    """Strips, hits (cells of the whole matrix) and a note on how far it is reduced."""
    rows, columns = spec.size
    blocks = not look.colourless and not look.ascii_only
    if columns * 2 <= width and rows <= height:
        shape = (rows, columns)
        halves = False
    elif blocks:
        shape = (min(rows, height * 2), min(columns, width))
        halves = True
    else:
        shape = (min(rows, height), min(columns, width // 2))
        halves = False
    if spec.values is None:
        text = look.glyphs.unknown if halves else look.glyphs.unknown + " "
        lines = -(-shape[0] // 2) if halves else shape[0]
        strips = [Line(width).add(text * shape[1], look.faint).strip() for _ in range(lines)]
        return strips, _hits((rows, columns), shape, halves), _reduced((rows, columns), shape, look)
    region = (0, rows, 0, columns)
    if isinstance(spec.values, np.ndarray):
        tile = reduce_tile(spec.values, region, shape, Reduce.EXTREME)
    else:
        tile = np.asarray(spec.values.tile(region, shape))
    scale = largest_of(tile) if spec.largest is None else spec.largest
    levels = look.heat.quantise(tile, scale)
    cursor = _reduced_position(spec.cursor, (rows, columns), shape)
    if halves:
        strips = half_blocks(levels, width, look, cursor)
    else:
        strips = wide_cells(levels, width, look, cursor)
    return strips, _hits((rows, columns), shape, halves), _reduced((rows, columns), shape, look)


def _reduced(whole: tuple[int, int], shape: tuple[int, int], look: Look) -> str:
    if whole == shape:
        return ""
    times = look.glyphs.times
    return f"{whole[0]}{times}{whole[1]} {look.glyphs.forward} {shape[0]}{times}{shape[1]}"


def _reduced_position(
    cell: tuple[int, int] | None, whole: tuple[int, int], shape: tuple[int, int]
) -> tuple[int, int] | None:
    if cell is None:
        return None
    return (_part(cell[0], whole[0], shape[0]), _part(cell[1], whole[1], shape[1]))


def _part(at: int, whole: int, parts: int) -> int:
    """Which of ``parts`` parts holds ``at``, when part ``i`` starts at ``i * whole // parts``."""
    return ((at + 1) * parts - 1) // whole if parts < whole else at


def _hits(whole: tuple[int, int], shape: tuple[int, int], halves: bool) -> Hits:
    cell_width = 1 if halves else 2

    def at(x: int, y: int) -> tuple[int, int] | None:
        r, c = (y * 2 if halves else y), x // cell_width
        if x < 0 or y < 0 or r >= shape[0] or c >= shape[1]:
            return None
        return (r * whole[0] // shape[0], c * whole[1] // shape[1])

    def where(cell: tuple[int, int]) -> Area | None:
        if not (0 <= cell[0] < whole[0] and 0 <= cell[1] < whole[1]):
            return None
        r, c = _part(cell[0], whole[0], shape[0]), _part(cell[1], whole[1], shape[1])
        return Area(c * cell_width, r // 2 if halves else r, cell_width, 1)

    return Hits(at, where)


def wide_cells(
    levels: np.ndarray, width: int, look: Look, cursor: tuple[int, int] | None = None
) -> list[Strip]:
    """Each level as two columns of its colour (or its sign and shade without colour)."""
    heat = look.heat
    signs = look.colourless or look.ascii_only
    shades = {i: heat.shade(i) if signs else "  " for i in range(-heat.top, heat.undefined + 1)}
    if not signs:
        shades[heat.undefined] = "??"
    strips = []
    for r, row in enumerate(levels.tolist()):
        line = Line(width)
        for c, level in enumerate(row):
            if cursor == (r, c):
                line.add(
                    shades[level] if signs else "[]",
                    look.cursor if signs else heat.style(level, CAUSE),
                )
            else:
                line.add(shades[level], heat.style(level))
        strips.append(line.strip())
    return strips


def half_blocks(
    levels: np.ndarray, width: int, look: Look, cursor: tuple[int, int] | None = None
) -> list[Strip]:
    """Two rows of levels in each line: the upper as ``▀``, the lower as its background."""
    rows, columns = levels.shape
    grid: list[list[int]] = levels.tolist()
    strips = []
    for top in range(0, rows, 2):
        upper = grid[top]
        lower = grid[top + 1] if top + 1 < rows else None
        here = cursor[1] if cursor is not None and cursor[0] // 2 == top // 2 else None
        segments = _runs(upper, lower, here, look)
        if here is not None and cursor is not None:
            below = lower[here] if lower else None
            segments[here : here + 1] = [_cursor(upper[here], below, cursor[0] % 2, look)]
            segments = list(Segment.simplify(segments))
        if width > columns:
            segments.append(Segment(" " * (width - columns), Style.null()))
        strips.append(Strip(segments, width))
    return strips


def _runs(
    upper: list[int], lower: list[int] | None, single: int | None, look: Look
) -> list[Segment]:
    """Neighbours of the same colours as one segment; each its own if one will be replaced."""
    blocks, half = look.heat.blocks, look.glyphs.half
    below: list[int] | list[None] = [None] * len(upper) if lower is None else lower
    if single is not None:
        return [Segment(half, blocks(u, v)) for u, v in zip(upper, below, strict=True)]
    return [
        Segment(half * len(list(run)), blocks(*pair))
        for pair, run in groupby(zip(upper, below, strict=True))
    ]


def _cursor(upper: int, lower: int | None, in_lower: int, look: Look) -> Segment:
    """The cell under the cursor in the cursor's colour; its neighbour in the line keeps its own."""
    mark = look.cursor.bgcolor
    assert mark is not None
    if in_lower:
        return Segment(look.glyphs.half, colour(look.heat.background(upper), mark.number))
    below = None if lower is None else look.heat.background(lower)
    return Segment(look.glyphs.half, colour(mark.number, below))

"""A grid of numbers: labels, marks, the cursor, and a window where not all of it fits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from textual.strip import Strip

from tuiexplain.trace.numbers import ColumnFormat
from tuiexplain.trace.tile import Reduce, Region, reduce_tile
from tuiexplain.views.look import Look
from tuiexplain.views.matrix_spec import Matrix, Position
from tuiexplain.views.palette import CAUSE, CHANGED, CURSOR, largest_of
from tuiexplain.views.picture import PLAIN, Area, Hits, Line
from tuiexplain.views.text import fit, width_of

NUMBER = 7
"""Columns of a number, sign included; a cell has one more, for its mark and the gap."""
SHORT_NUMBER = 5
MOST_LABEL = 12


@dataclass(frozen=True)
class Window:
    """The part of the cells that is shown along one axis."""

    first: int
    count: int
    total: int

    @classmethod
    def around(cls, total: int, room: int, at: int | None) -> Window:
        """As many of ``total`` as there is ``room`` for, with ``at`` in the middle if it can be."""
        count = max(0, min(total, room))
        first = min(max(0, (at or 0) - count // 2), total - count)
        return cls(max(0, first), count, total)

    @property
    def end(self) -> int:
        """Behind the last one shown."""
        return self.first + self.count


class Digits:
    """The numbers of a matrix in at most ``width`` x ``height``, without a box.

    ``width`` becomes what is used of it: cells of equal width, a label before them, and a column
    behind them so that what stands at the left stands at the right.
    """

    def __init__(self, spec: Matrix, width: int, height: int, look: Look) -> None:
        self.spec, self.look = spec, look
        rows, columns = spec.size
        labels = label_width(spec, look)
        if labels + SHORT_NUMBER + 4 > width:
            labels = 0
        self.labels = labels
        self.left = labels + 2 if labels else 0
        self.head = 1 if any(spec.column_labels) and height > 1 else 0
        room = width - self.left - 1
        short = columns * (NUMBER + 1) > room >= columns * (SHORT_NUMBER + 1)
        self.number = SHORT_NUMBER if short else NUMBER
        at = spec.cursor or min(spec.causes, default=spec.near or (None, None))
        self.rows = Window.around(rows, height - self.head, at[0])
        self.columns = Window.around(columns, max(0, room // (self.number + 1)), at[1])
        self.width = min(width, self.left + self.columns.count * (self.number + 1) + 1)

    def foot(self) -> str:
        """Which rows and columns are shown, when not all are: ``↕ 3–8/442  ↔ 1–4/10``."""
        glyphs = self.look.glyphs
        parts = []
        for window, arrow in ((self.rows, glyphs.along), (self.columns, glyphs.across)):
            if window.count < window.total:
                shown = f"{window.first + 1}{glyphs.dash}{window.end}"
                parts.append(f"{arrow} {shown}/{window.total}")
        return "  ".join(parts)

    def strips(self, width: int) -> list[Strip]:
        """The lines, each ``width`` columns wide."""
        region = (self.rows.first, self.rows.end, self.columns.first, self.columns.end)
        lines = [self._head(width)] if self.head else []
        if self.spec.values is None:
            lines += [self._unknown_row(r, width) for r in range(self.rows.count)]
        else:
            lines += self._rows(region, width)
        return [line.strip() for line in lines]

    def hits(self) -> Hits:
        """Cells as ``(row, column)``."""
        rows, columns, left, top = self.rows, self.columns, self.left, self.head
        cell = self.number + 1

        def at(x: int, y: int) -> Position | None:
            r, c = y - top, (x - left) // cell
            if r < 0 or x < left or r >= rows.count or c >= columns.count:
                return None
            return (rows.first + r, columns.first + c)

        def where(position: Position) -> Area | None:
            r, c = position[0] - rows.first, position[1] - columns.first
            if not (0 <= r < rows.count and 0 <= c < columns.count):
                return None
            return Area(left + c * cell, top + r, cell, 1)

        return Hits(at, where)

    # -- lines -------------------------------------------------------------------------------------

    def _head(self, width: int) -> Line:
        line = Line(width).to(self.left)
        spec, look = self.spec, self.look
        here = spec.cursor[1] if spec.cursor is not None and spec.focused else None
        for column in range(self.columns.first, self.columns.end):
            label = spec.column_labels[column] if column < len(spec.column_labels) else ""
            text = fit(look.write(label), self.number, "right", look.glyphs.ellipsis)
            line.space(1).add(text, look.strong if here == column else look.muted)
        return line

    def _label(self, line: Line, row: int) -> None:
        if not self.labels:
            return
        spec, look = self.spec, self.look
        label = spec.row_labels[row] if row < len(spec.row_labels) else ""
        here = spec.cursor is not None and spec.cursor[0] == row and spec.focused
        text = fit(look.write(label), self.labels, "right", look.glyphs.ellipsis)
        line.space(1).add(text, look.strong if here else look.muted).space(1)

    def _unknown_row(self, r: int, width: int) -> Line:
        line = Line(width)
        self._label(line, self.rows.first + r)
        for c in range(self.columns.count):
            self._unknown(line, (self.rows.first + r, self.columns.first + c))
        return line

    def _unknown(self, line: Line, at: Position) -> None:
        here = at == self.spec.cursor
        mark = self.look.glyphs.unknown.rjust(self.number - 1) + "  "
        line.add(mark, self.look.cursor if here else self.look.faint)

    def _rows(self, region: Region, width: int) -> list[Line]:
        spec, look = self.spec, self.look
        tile = self._tile(region)
        scale, form = self._scale(tile)
        levels = look.tint.quantise(tile, scale).tolist()
        numbers = tile.tolist()
        known = _mask(spec.known, region)
        changed = _mask(spec.changed, region)
        lines = []
        for r in range(self.rows.count):
            line = Line(width)
            row = self.rows.first + r
            self._label(line, row)
            last = PLAIN
            for c in range(self.columns.count):
                at = (row, self.columns.first + c)
                if known is not None and not known[r, c]:
                    self._unknown(line, at)
                    last = PLAIN
                    continue
                flags = CURSOR if at == spec.cursor else 0
                mark = " "
                if at in spec.causes:
                    flags |= CAUSE
                    mark = look.glyphs.cause
                if changed is not None and changed[r, c]:
                    flags |= CHANGED
                    mark = look.glyphs.changed
                text = look.write(form(numbers[r][c]))
                line.add(f"{mark}{text:>{self.number}}", look.tint.style(levels[r][c], flags))
                last = look.tint.style(levels[r][c], flags & CURSOR)
            line.add(" ", last)
            lines.append(line)
        return lines

    def _tile(self, region: Region) -> np.ndarray:
        shape = (self.rows.count, self.columns.count)
        if isinstance(self.spec.values, np.ndarray):
            return reduce_tile(self.spec.values, region, shape, Reduce.EXTREME)
        return np.asarray(self.spec.values.tile(region, shape))

    def _scale(self, tile: np.ndarray) -> tuple[float, ColumnFormat]:
        """The magnitude of the top level and the format: of the whole matrix if that is cheap."""
        whole = self.spec.values if isinstance(self.spec.values, np.ndarray) else tile
        if whole.size > 65536:
            whole = tile
        scale = self.spec.largest
        if scale is None:
            # A number that stands alone is not large beside anything: it keeps to the middle.
            scale = largest_of(whole) * (2 if self.spec.size == (1, 1) else 1)
        return scale, ColumnFormat.of(whole, self.number)


def label_width(spec: Matrix, look: Look) -> int:
    """Columns of the row labels."""
    return min(_widest(tuple(spec.row_labels), look), MOST_LABEL)


@lru_cache(256)
def _widest(labels: tuple[str, ...], look: Look) -> int:
    return max((width_of(look.write(label)) for label in labels), default=0)


def _mask(mask: np.ndarray | None, region: Region) -> np.ndarray | None:
    if mask is None:
        return None
    top, bottom, left, right = region
    return np.asarray(mask)[top:bottom, left:right]

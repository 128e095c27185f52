"""A matrix: numbers on a heat map, or the heat map alone where there are too many of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from textual.strip import Strip

from tuiexplain.trace.numbers import ColumnFormat
from tuiexplain.trace.tile import Reduce, Region, reduce_tile
from tuiexplain.views.heatmap import heat_map
from tuiexplain.views.look import Look
from tuiexplain.views.palette import CAUSE, CHANGED, CURSOR, largest_of
from tuiexplain.views.panel import Panel, boxes
from tuiexplain.views.picture import Area, Hits, Line, Picture, area_hits, blank, fill, shifted
from tuiexplain.views.text import fit, width_of

Mode = Literal["auto", "digits", "heat"]
Position = tuple[int, int]

NUMBER = 7
"""Columns of a number, sign included; a cell has one more, for its mark and the gap."""
SHORT_NUMBER = 5
MOST_LABEL = 12


class Tiles(Protocol):
    """A matrix that is read a tile at a time (one that lies in another process, say)."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the whole matrix."""

    def tile(self, region: Region, shape: tuple[int, int]) -> np.ndarray:
        """``region`` at no more than ``shape`` rows and columns."""


@dataclass(frozen=True)
class Matrix:
    """What to draw.

    ``values``: rows x columns, or something that hands out tiles; ``None`` for a matrix that is not
    computed yet, of ``shape``. ``known``, ``changed``: masks of the whole shape, ``None`` for all
    and none. ``causes``: positions that the selected number came from. ``largest``: the magnitude
    of the strongest colour, ``None`` for the largest of ``values``. ``accent`` colours the title
    (the phase that made it).
    """

    title: str = ""
    values: Any = None
    shape: tuple[int, int] | None = None
    note: str = ""
    row_labels: Sequence[str] = ()
    column_labels: Sequence[str] = ()
    known: np.ndarray | None = None
    changed: np.ndarray | None = None
    causes: frozenset[Position] = frozenset()
    cursor: Position | None = None
    focused: bool = False
    largest: float | None = None
    accent: str | None = None
    mode: Mode = "auto"

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        if self.shape is not None:
            return self.shape
        return (0, 0) if self.values is None else tuple(self.values.shape)


@dataclass(frozen=True)
class _Content:
    """The inside of the box."""

    strips: list[Strip]
    hits: Hits
    width: int
    foot: str = ""


def matrix(spec: Matrix, width: int, height: int, look: Look, *, hug: bool = True) -> Picture:
    """One matrix in a box (no larger than it must be, if ``hug``). Hits: ``(row, column)``."""
    picture = matrices([spec], width, height, look, hug=hug)

    def at(x: int, y: int) -> Position | None:
        hit = picture.hits.at(x, y)
        return None if hit is None else hit[1]

    def where(cell: Position) -> Area | None:
        return picture.hits.where((0, cell))

    return Picture(picture.strips, Hits(at, where))


def matrices(
    specs: Sequence[Matrix], width: int, height: int, look: Look, *, hug: bool = True
) -> Picture:
    """Matrices side by side in joined boxes. Hits: ``(index of the matrix, (row, column))``."""
    boxed = height >= 3 and width >= 4 * len(specs)
    frame = 2 if boxed else 0
    inner_height = height - frame
    room = width - (len(specs) + 1 if boxed else len(specs) - 1)
    widths = _share(specs, room, inner_height, look, hug)
    contents = [_content(s, w, inner_height, look) for s, w in zip(specs, widths, strict=True)]
    if hug and boxed:
        inner_height = min(inner_height, max(len(c.strips) for c in contents))
    hits: list[tuple[int, Hits]] = []
    x = 1 if boxed else 0
    for i, w in enumerate(widths):
        hits.append((i, shifted(contents[i].hits, x, 1 if boxed else 0)))
        x += w + 1
    if boxed:
        panels = [_panel(s, c, look) for s, c in zip(specs, contents, strict=True)]
        used = sum(widths) + len(widths) + 1
        lines = boxes(panels, used, inner_height + 2, look)
        strips = [line if used == width else Line(width).extend(line).strip() for line in lines]
    else:
        strips = []
        for y in range(inner_height):
            line = Line(width)
            for i, content in enumerate(contents):
                line.space(1 if i else 0)
                line.extend(content.strips[y] if y < len(content.strips) else blank(content.width))
            strips.append(line.strip())
    return Picture(fill(strips, width, height), _joined(hits))


def matrix_size(spec: Matrix, look: Look) -> tuple[int, int]:
    """The columns and lines that show all of a matrix with its numbers and its box."""
    return _natural_width(spec, look, NUMBER) + 2, _natural_height(spec) + 2


def _joined(parts: list[tuple[int, Hits]]) -> Hits:
    def at(x: int, y: int) -> tuple[int, Any] | None:
        for i, hits in parts:
            found = hits.at(x, y)
            if found is not None:
                return (i, found)
        return None

    def where(target: tuple[int, Any]) -> Area | None:
        return parts[target[0]][1].where(target[1])

    return Hits(at, where)


def _panel(spec: Matrix, content: _Content, look: Look) -> Panel:
    accent = look.phase(spec.accent, lit=True) if spec.accent else None
    if spec.focused:
        accent = look.cursor
    return Panel(
        content.strips,
        content.width,
        look.write(spec.title),
        look.write(spec.note),
        content.foot,
        accent,
        spec.focused,
    )


# -- room ------------------------------------------------------------------------------------------


def _label_width(spec: Matrix, look: Look) -> int:
    widest = max((width_of(look.write(label)) for label in spec.row_labels), default=0)
    return min(widest, MOST_LABEL)


def _natural_width(spec: Matrix, look: Look, number: int) -> int:
    columns = spec.size[1]
    labels = _label_width(spec, look)
    cells = columns * (number + 1) + 1
    title = width_of(look.write(spec.title))
    note = width_of(look.write(spec.note)) + 3 if spec.note else 0
    return max(cells + (labels + 1 if labels else 0), title + 3 + note)


def _natural_height(spec: Matrix) -> int:
    return spec.size[0] + (1 if any(spec.column_labels) else 0)


def _share(specs: Sequence[Matrix], room: int, height: int, look: Look, hug: bool) -> list[int]:
    """Inner widths: what each needs if that fits, else the room in proportion to the needs."""
    for number in (NUMBER, SHORT_NUMBER):
        needs = [_natural_width(s, look, number) for s in specs]
        if sum(needs) <= room:
            if not hug:
                needs[-1] += room - sum(needs)
            return needs
    fair = room // max(1, len(specs))
    widths = [min(n, fair) for n in needs]
    spare = room - sum(widths)
    for i, need in enumerate(needs):
        more = min(need - widths[i], spare)
        widths[i] += more
        spare -= more
    if not hug and widths:
        widths[-1] += spare
    return [max(0, w) for w in widths]


# -- inside the box --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Window:
    """The part of the cells that is shown along one axis."""

    first: int
    count: int
    total: int

    @property
    def whole(self) -> bool:
        return self.count >= self.total

    @property
    def end(self) -> int:
        return self.first + self.count


def _window(total: int, room: int, around: int | None) -> _Window:
    count = max(0, min(total, room))
    at = 0 if around is None else around
    first = min(max(0, at - count // 2), total - count)
    return _Window(max(0, first), count, total)


def _content(spec: Matrix, width: int, height: int, look: Look) -> _Content:
    rows, columns = spec.size
    if width <= 0 or height <= 0 or rows == 0 or columns == 0:
        return _Content([blank(max(0, width))] * max(0, height), area_hits([]), max(0, width))
    labels = _label_width(spec, look)
    if labels and labels + 1 + SHORT_NUMBER + 2 > width:
        labels = 0
    head = 1 if any(spec.column_labels) and height > 1 else 0
    room = width - (labels + 1 if labels else 0) - 1
    number = NUMBER if columns * (NUMBER + 1) <= room else SHORT_NUMBER
    if columns * (number + 1) > room:
        number = NUMBER
    fitting = max(0, room // (number + 1))
    if _as_heat(spec, fitting):
        return _heat(spec, width, height, look)
    if fitting == 0:
        return _too_narrow(spec, width, height, look)
    return _Digits(spec, width, height, look, labels, head, number, fitting).content()


def _as_heat(spec: Matrix, fitting: int) -> bool:
    if spec.mode != "auto":
        return spec.mode == "heat"
    rows, columns = spec.size
    return fitting * 2 < columns and rows * columns >= 256


def _too_narrow(spec: Matrix, width: int, height: int, look: Look) -> _Content:
    rows, columns = spec.size
    text = fit(f"{rows}{look.glyphs.times}{columns}", width, "left", look.glyphs.ellipsis)
    return _Content([Line(width).add(text, look.muted).strip()], area_hits([]), width)


def _region(values: Any, region: Region, shape: tuple[int, int]) -> np.ndarray:
    if isinstance(values, np.ndarray):
        return reduce_tile(values, region, shape, Reduce.EXTREME)
    return np.asarray(values.tile(region, shape))


def _mask(mask: np.ndarray | None, region: Region, shape: tuple[int, int]) -> np.ndarray | None:
    if mask is None:
        return None
    return reduce_tile(np.asarray(mask).astype(np.int8), region, shape, Reduce.EXTREME)


def _foot(rows: _Window, columns: _Window, look: Look) -> str:
    """Which rows and columns are shown, when not all are: ``↕ 3–8/442  ↔ 1–4/10``."""
    glyphs = look.glyphs
    parts = []
    for window, arrow in ((rows, glyphs.along), (columns, glyphs.across)):
        if not window.whole:
            parts.append(f"{arrow} {window.first + 1}{glyphs.dash}{window.end}/{window.total}")
    return "  ".join(parts)


@dataclass
class _Digits:
    """Numbers in cells of equal width, with labels, marks and a window."""

    spec: Matrix
    width: int
    height: int
    look: Look
    labels: int
    head: int
    number: int
    fitting: int
    rows: _Window = field(init=False)
    columns: _Window = field(init=False)

    def __post_init__(self) -> None:
        rows, columns = self.spec.size
        at = self.spec.cursor or min(self.spec.causes, default=(None, None))
        self.rows = _window(rows, self.height - self.head, at[0])
        self.columns = _window(columns, self.fitting, at[1])

    @property
    def left(self) -> int:
        """The column where the cells start."""
        return self.labels + 1 if self.labels else 0

    def content(self) -> _Content:
        spec, rows, columns = self.spec, self.rows, self.columns
        region = (rows.first, rows.end, columns.first, columns.end)
        shape = (rows.count, columns.count)
        tile = None if spec.values is None else _region(spec.values, region, shape)
        strips = [self._head()] if self.head else []
        if tile is None:
            strips += [self._unknown_row(r) for r in range(rows.count)]
        else:
            strips += self._rows(tile, region, shape)
        hits = _grid_hits(rows, columns, self.left, self.head, self.number + 1, 1)
        return _Content(strips, hits, self.width, _foot(rows, columns, self.look))

    def _head(self) -> Strip:
        line = Line(self.width).to(self.left)
        cursor = self.spec.cursor
        for column in range(self.columns.first, self.columns.end):
            label = self.spec.column_labels[column] if column < len(self.spec.column_labels) else ""
            here = cursor is not None and cursor[1] == column and self.spec.focused
            text = fit(self.look.write(label), self.number, "right", self.look.glyphs.ellipsis)
            line.add(" ").add(text, self.look.strong if here else self.look.muted)
        return line.strip()

    def _label(self, line: Line, row: int) -> None:
        if not self.labels:
            return
        label = self.spec.row_labels[row] if row < len(self.spec.row_labels) else ""
        cursor = self.spec.cursor
        here = cursor is not None and cursor[0] == row and self.spec.focused
        text = fit(self.look.write(label), self.labels, "right", self.look.glyphs.ellipsis)
        line.add(text, self.look.strong if here else self.look.muted).space(1)

    def _unknown_row(self, r: int) -> Strip:
        line = Line(self.width)
        self._label(line, self.rows.first + r)
        for _ in range(self.columns.count):
            line.add(self.look.glyphs.unknown.rjust(self.number - 1) + "  ", self.look.faint)
        return line.strip()

    def _rows(self, tile: np.ndarray, region: Region, shape: tuple[int, int]) -> list[Strip]:
        spec, look = self.spec, self.look
        heat = look.tint
        scale, form = _scale(spec, tile, self.number)
        levels = heat.quantise(tile, scale).tolist()
        numbers = tile.tolist()
        known = _mask(spec.known, region, shape)
        changed = _mask(spec.changed, region, shape)
        marks = {CHANGED: look.glyphs.changed, CAUSE: look.glyphs.cause}
        unknown = look.glyphs.unknown.rjust(self.number - 1) + "  "
        strips = []
        for r in range(shape[0]):
            line = Line(self.width)
            row = self.rows.first + r
            self._label(line, row)
            for c in range(shape[1]):
                at = (row, self.columns.first + c)
                if known is not None and not known[r, c]:
                    line.add(unknown, look.cursor if at == spec.cursor else look.faint)
                    continue
                flags = CURSOR if at == spec.cursor else 0
                mark = " "
                if at in spec.causes:
                    flags |= CAUSE
                    mark = marks[CAUSE]
                if changed is not None and changed[r, c]:
                    flags |= CHANGED
                    mark = marks[CHANGED]
                text = form(numbers[r][c])
                line.add(f"{mark}{text:>{self.number}}", heat.style(levels[r][c], flags))
            strips.append(line.strip())
        return strips


def _scale(spec: Matrix, tile: np.ndarray, number: int) -> tuple[float, ColumnFormat]:
    """The magnitude of the top level and the format: of the whole matrix where it is at hand."""
    whole = spec.values if isinstance(spec.values, np.ndarray) else tile
    if whole.size > 65536:
        whole = tile
    scale = largest_of(whole) if spec.largest is None else spec.largest
    return scale, ColumnFormat.of(whole, number)


def _grid_hits(
    rows: _Window, columns: _Window, left: int, top: int, cell_width: int, cell_height: int
) -> Hits:
    def at(x: int, y: int) -> Position | None:
        r, c = (y - top) // cell_height, (x - left) // cell_width
        if y < top or x < left or r >= rows.count or c >= columns.count:
            return None
        return (rows.first + r, columns.first + c)

    def where(cell: Position) -> Area | None:
        r, c = cell[0] - rows.first, cell[1] - columns.first
        if not (0 <= r < rows.count and 0 <= c < columns.count):
            return None
        return Area(left + c * cell_width, top + r * cell_height, cell_width, cell_height)

    return Hits(at, where)


def _heat(spec: Matrix, width: int, height: int, look: Look) -> _Content:
    strips, hits, foot = heat_map(spec, width, height, look)
    return _Content(strips, hits, width, foot)

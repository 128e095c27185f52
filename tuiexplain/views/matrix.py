"""Matrices in boxes: numbers on a calm heat map, or the heat map alone where there are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from textual.strip import Strip

from tuiexplain.trace.kept import kept_for_now
from tuiexplain.views.digits import NUMBER, SHORT_NUMBER, Digits, label_width
from tuiexplain.views.heatmap import HeatMap
from tuiexplain.views.look import Look
from tuiexplain.views.matrix_spec import Matrix, Position, Tiles
from tuiexplain.views.panel import Panel, boxes
from tuiexplain.views.picture import NO_HITS, Area, Hits, Line, Picture, blank, fill, shifted
from tuiexplain.views.text import fit, width_of

__all__ = ["Matrix", "Position", "Tiles", "matrices", "matrix", "matrix_size"]

MANY = 256
"""Cells from which on a matrix that does not fit is shown as colours alone."""

MOST_KEPT = 4096
"""Cells up to which a picture is kept: to compare the numbers of more costs more than drawing."""


class _Content(NamedTuple):
    """The inside of a box."""

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
    """Matrices side by side in joined boxes. Hits: ``(index of the matrix, (row, column))``.

    From step to step most matrices stay as they are: their pictures are kept.
    """
    few = all(
        s.values is None or (isinstance(s.values, np.ndarray) and s.values.size <= MOST_KEPT)
        for s in specs
    )
    draw = _kept if few else _drawn
    return draw(tuple(specs), width, height, look, hug)


def _drawn(specs: tuple[Matrix, ...], width: int, height: int, look: Look, hug: bool) -> Picture:
    boxed = height >= 3 and width >= 4 * len(specs)
    inner_height = height - 2 if boxed else height
    room = width - (len(specs) + 1 if boxed else len(specs) - 1)
    widths = _share(specs, room, look, hug)
    contents = [
        _content(spec, w, inner_height, look, hug and boxed)
        for spec, w in zip(specs, widths, strict=True)
    ]
    if hug and boxed:
        inner_height = min(inner_height, max(len(c.strips) for c in contents))
    parts: list[Hits] = []
    x = y = 1 if boxed else 0
    for content in contents:
        parts.append(shifted(content.hits, x, y))
        x += content.width + 1
    if boxed:
        panels = [_panel(s, c, look) for s, c in zip(specs, contents, strict=True)]
        strips = boxes(panels, width, inner_height + 2, look)
    else:
        strips = _bare(contents, width, inner_height)
    return Picture(fill(strips, width, height), _joined(parts))


_kept = kept_for_now(64)(_drawn)


def matrix_size(spec: Matrix, look: Look) -> tuple[int, int]:
    """The columns and lines that show all of a matrix with its numbers and its box."""
    height = spec.size[0] + (1 if any(spec.column_labels) else 0)
    return _natural_width(spec, look, NUMBER) + 2, height + 2


def _bare(contents: Sequence[_Content], width: int, height: int) -> list[Strip]:
    """Contents without boxes, a column between them."""
    strips = []
    for y in range(height):
        line = Line(width)
        for i, content in enumerate(contents):
            line.space(1 if i else 0)
            line.extend(content.strips[y] if y < len(content.strips) else blank(content.width))
        strips.append(line.strip())
    return strips


def _joined(parts: Sequence[Hits]) -> Hits:
    def at(x: int, y: int) -> tuple[int, Any] | None:
        for i, hits in enumerate(parts):
            found = hits.at(x, y)
            if found is not None:
                return (i, found)
        return None

    def where(target: tuple[int, Any]) -> Area | None:
        return parts[target[0]].where(target[1])

    return Hits(at, where)


def _panel(spec: Matrix, content: _Content, look: Look) -> Panel:
    return Panel(
        content.strips,
        content.width,
        look.write(spec.title),
        look.write(spec.note),
        content.foot,
        look.phase(spec.accent, lit=True) if spec.accent else None,
        spec.focused,
    )


# -- room ------------------------------------------------------------------------------------------


def _natural_width(spec: Matrix, look: Look, number: int) -> int:
    labels = label_width(spec, look)
    cells = spec.size[1] * (number + 1) + 1
    return max(cells + (labels + 2 if labels else 0), _title_width(spec, look))


def _title_width(spec: Matrix, look: Look, foot: str = "") -> int:
    """The columns that title and note take in the upper border, or ``foot`` in the lower."""
    title = width_of(look.write(spec.title))
    note = width_of(look.write(spec.note)) + 3 if spec.note else 0
    return max(title + 3 + note, width_of(foot) + 4 if foot else 0)


def _share(specs: Sequence[Matrix], room: int, look: Look, hug: bool) -> list[int]:
    """Inner widths: what each needs if that fits, else a fair share of the room."""
    needs: list[int] = []
    for number in (NUMBER, SHORT_NUMBER):
        needs = [_natural_width(s, look, number) for s in specs]
        if sum(needs) <= room:
            break
    fair = max(0, room) // max(1, len(specs))
    fits = sum(needs) <= room
    widths = needs if fits else [min(n, fair) for n in needs]
    spare = room - sum(widths)
    for i, need in enumerate(needs):
        more = max(0, min(need - widths[i], spare))
        widths[i] += more
        spare -= more
    if not hug and widths:
        widths[-1] += max(0, spare)
    return widths


# -- inside the box --------------------------------------------------------------------------------


def _content(spec: Matrix, width: int, height: int, look: Look, hug: bool) -> _Content:
    rows, columns = spec.size
    if width <= 0 or height <= 0 or rows == 0 or columns == 0:
        return _Content([blank(max(0, width))] * max(0, height), NO_HITS, max(0, width))
    digits = Digits(spec, width, height, look)
    inside: Digits | HeatMap = digits
    shown = digits.columns.count
    many = shown * 2 < columns and rows * columns >= MANY
    if spec.mode == "heat" or (spec.mode == "auto" and many):
        inside = HeatMap(spec, width, height, look)
    elif shown == 0:
        size = fit(f"{rows}{look.glyphs.times}{columns}", width, "left", look.glyphs.ellipsis)
        return _Content([Line(width).add(size, look.muted).strip()], NO_HITS, width)
    foot = inside.foot()
    if hug:
        width = min(width, max(inside.width, _title_width(spec, look, foot)))
    return _Content(inside.strips(width), inside.hits(), width, foot)

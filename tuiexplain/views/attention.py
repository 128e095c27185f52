"""Who looks at whom: a line for each word that looks, a column for each that is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuiexplain.views.bars import Bars, bars
from tuiexplain.views.look import Look
from tuiexplain.views.palette import CURSOR, largest_of
from tuiexplain.views.picture import Area, Line, Picture, Target, area_hits, blank
from tuiexplain.views.text import fit, width_of

MOST_NAME = 12
CELLS = (5, 4, 3, 2)
"""Columns of a cell, the first that fits: "0.21 ", ".21 ", "21 ", two of colour alone."""


@dataclass(frozen=True)
class Attention:
    """``weights`` is (queries, keys), from 0 to 1; ``None`` while they are not computed.

    ``allowed`` says which keys each query may look at; ``row`` is the query that is selected and
    ``cell`` the cell under the cursor.
    """

    weights: np.ndarray | None
    queries: Sequence[str]
    keys: Sequence[str]
    allowed: np.ndarray | None = None
    row: int | None = None
    cell: tuple[int, int] | None = None
    title: str = ""

    @property
    def largest(self) -> float:
        """The largest weight, to which colours and bars are scaled."""
        return 0.0 if self.weights is None else largest_of(self.weights)


def attention(spec: Attention, width: int, height: int, look: Look) -> Picture:
    """The matrix, and below it, where there is room, the selected query's weights as bars.

    Queries and keys have the same numbers: names stand at the queries. Hits: ``(query, key)``.
    """
    if width < 1 or height < 1:
        return Picture([])
    queries = [look.write(name) for name in spec.queries]
    lines: list[Line] = []
    digits = len(str(max(len(queries), len(spec.keys))))
    widest = min(max(map(width_of, queries), default=0), MOST_NAME, max(0, width // 3))
    margin = digits + widest + 3
    room = width - margin
    cell = next((c for c in CELLS if c * len(spec.keys) <= room), CELLS[-1])
    shown = min(len(spec.keys), max(0, room // cell))
    first, count = _window(len(queries), spec.row or 0, max(0, height - 1))
    head = Line(width).add(look.write(spec.title), look.title, look.glyphs.ellipsis)
    if count < len(queries):
        glyphs = look.glyphs
        rows = f" {glyphs.along} {first + 1}{glyphs.dash}{first + count}"
        written = (f"{rows}/{len(queries)}", rows, f" {glyphs.along}", "")
        left = margin - 1 - head.used
        head.add(next((w for w in written if width_of(w) <= left), ""), look.faint)
    head.to(margin)
    every = -(-(digits + 1) // cell)
    for number in range(1, shown + 1):
        at, alone = (number - 1) * cell, number % every == 0
        if len(str(number)) < cell or (alone and at + len(str(number)) <= room):
            head.to(margin + at).add(f"{number:^{cell}}", look.muted)
    head.to(margin + shown * cell)
    if shown < len(spec.keys):
        head.add(look.glyphs.right, look.muted)
    lines.append(head)
    places: list[tuple[Target, Area]] = []
    for query in range(first, first + count):
        here = query == spec.row
        style = look.highlight if here else look.name
        line = Line(width).add(f"{query + 1:>{digits}} ", look.muted)
        line.add(fit(queries[query], widest, "left", look.glyphs.ellipsis), style)
        line.add(f" {look.glyphs.forward if here else ' '}", look.cause)
        for key in range(shown):
            places.append(((query, key), Area(line.used, len(lines), cell, 1)))
            _cell(line, spec, (query, key), cell, look)
        lines.append(line)
    strips = [line.strip() for line in lines[:height]]
    left = height - len(strips) - 1
    if spec.row is not None and spec.weights is not None and left >= 3:
        strips.append(blank(width))
        values = spec.weights[spec.row].tolist()
        chosen = spec.cell[1] if spec.cell and spec.cell[0] == spec.row else None
        beside = Bars(spec.keys, values, selected=chosen, largest=spec.largest)
        strips += bars(beside, width, min(left, len(values)), look).strips
    return Picture(strips, area_hits(places))


def _window(count: int, row: int, room: int) -> tuple[int, int]:
    """The first line shown and how many, so that ``row`` is among them."""
    shown = min(count, room)
    return min(max(0, row - shown // 2), count - shown), shown


def _cell(line: Line, spec: Attention, at: tuple[int, int], width: int, look: Look) -> None:
    """One weight: its colour and, where there is room, its digits; a cross where it is masked."""
    hidden = spec.allowed is not None and not spec.allowed[at]
    number = None if spec.weights is None else float(spec.weights[at])
    flags = CURSOR if at == spec.cell else 0
    if hidden and not number:
        sign = f"{look.glyphs.times:^{width}}"
        line.add(sign, look.cursor if flags else look.faint)
        return
    if number is None:
        line.add(f"{look.glyphs.unknown:^{width}}", look.cursor if flags else look.faint)
        return
    level = int(look.heat.quantise(np.array([number]), spec.largest)[0])
    if look.colourless or look.ascii_only:
        shade = look.heat.shade(level)[-1]
        text = shade * width if width <= 2 else _digits(number, width)
    else:
        text = " " * width if width <= 2 else _digits(number, width)
    line.add(text, look.heat.style(level, flags))


def _digits(number: float, width: int) -> str:
    """A share of 1 in as many digits as there are columns for."""
    if not 0 <= number <= 1:  # no share: it was set by hand
        return f"{'?':^{width}}"
    if width == 3:
        return f"{min(99, round(number * 100)):>2} "
    text = f"{number:.2f}"
    return f"{text if width > 4 or number >= 0.995 else text[1:]:<{width}}"

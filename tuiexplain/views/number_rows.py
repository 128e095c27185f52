"""Numbers in named rows, without a frame: the same thing known in two ways, say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tuiexplain.trace.numbers import format_number
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Line, Picture, Target, area_hits, fill
from tuiexplain.views.text import fit, width_of

MOST_NAME = 14


@dataclass(frozen=True)
class NumberRows:
    """A row of ``values`` for each of ``names``; NaN is a number that is not there yet.

    ``digits``: how many significant ones; a column is as wide as these need at most.
    """

    names: Sequence[str]
    values: Sequence[Sequence[float]]
    digits: int = 6


def number_rows(spec: NumberRows, width: int, height: int, look: Look) -> Picture:
    """As many rows as fit. Hits: ``(row, column)``."""
    names = [look.write(name) for name in spec.names]
    name_width = min(max(map(width_of, names), default=0), MOST_NAME, max(0, width // 3))
    column = spec.digits + 5  # a sign, a nought, a point, and two to set columns apart
    lines: list[Line] = []
    places: list[tuple[Target, Area]] = []
    for i, (name, row) in enumerate(zip(names, spec.values, strict=True)):
        if i == height:
            break
        line = Line(width)
        line.add(fit(name, name_width, "right", look.glyphs.ellipsis), look.muted)
        for j, value in enumerate(row):
            start = name_width + j * column
            if start + column > width:
                break
            known = not math.isnan(value)
            text = format_number(value, spec.digits, sign=True) if known else look.glyphs.unknown
            line.to(start).add(f"{text:>{column}}", look.number if known else look.faint)
            places.append(((i, j), Area(start, i, column, 1)))
        lines.append(line)
    return Picture(fill([line.strip() for line in lines], width, height), area_hits(places))

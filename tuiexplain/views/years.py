"""Things by year, each with its size as a bar on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tuiexplain.trace.numbers import format_number
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Line, Picture, Target, area_hits, fill
from tuiexplain.views.text import fit, width_of

YEAR, NUMBER, KIND = 4, 7, 2
LEAST_BAR = 4


@dataclass(frozen=True)
class Years:
    """``sizes`` that are not above 0 are not known. ``full``, ``extra``: marks of a kind."""

    names: Sequence[str]
    years: Sequence[float]
    sizes: Sequence[float]
    full: Sequence[bool]
    extra: Sequence[bool]
    selected: int | None = None


def years(spec: Years, width: int, height: int, look: Look) -> Picture:
    """A line each; the year is written where it changes. Hits: the place in the list."""
    known = [math.log10(size) for size in spec.sizes if size > 0]
    low, high = (min(known) - 0.5, max(known)) if known else (0.0, 1.0)
    named = max((width_of(name) for name in spec.names), default=0)
    columns = width - YEAR - NUMBER - KIND - named - 4
    count = len(spec.names)
    shown = max(0, min(count, height))
    first = min(max(0, (spec.selected or 0) - shown // 2), count - shown)
    glyphs = look.glyphs
    lines: list[Line] = []
    places: list[tuple[Target, Area]] = []
    for i in range(first, first + shown):
        line = Line(width)
        new = i == first or int(spec.years[i]) != int(spec.years[i - 1])
        line.add(f"{int(spec.years[i]) if new else '':>{YEAR}}", look.muted).space(1)
        style = look.highlight if i == spec.selected else look.text
        line.add(fit(look.write(spec.names[i]), named, "left", glyphs.ellipsis), style).space(1)
        line.add(glyphs.point if spec.full[i] else glyphs.pending, look.strong)
        line.add(glyphs.changed if spec.extra[i] else " ", look.strong).space(1)
        size = spec.sizes[i]
        if columns >= LEAST_BAR:
            share = (math.log10(size) - low) / (high - low) if size > 0 else 0.0
            bar = max(1, round(share * columns)) if size > 0 else 0
            line.add(glyphs.bar * bar, look.above).space(columns - bar)
        number = format_number(size, NUMBER - 1) if size > 0 else "?"
        line.space(line.room - NUMBER).add(f"{number:>{NUMBER}}", look.number)
        places.append((i, Area(0, len(lines), width, 1)))
        lines.append(line)
    return Picture(fill([line.strip() for line in lines], width, height), area_hits(places))

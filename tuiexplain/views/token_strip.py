"""Places of a text, one below the other: what is read there, what is to be said, what it costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tuiexplain.trace.numbers import format_number
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Line, Picture, Target, area_hits, fill
from tuiexplain.views.text import fit, width_of

MOST_WORD = 12
NUMBER = 6
LEAST_BAR = 2
ARROW = 2
"""Columns on the right that are kept for the arrows, if there are any."""


@dataclass(frozen=True)
class Column:
    """A word for each place (``""``: nothing there), and the places at which it stands out."""

    title: str
    words: Sequence[str]
    lit: Sequence[bool]


@dataclass(frozen=True)
class TokenStrip:
    """``columns`` of equal length, and a number for each place, as a bar (``None``: no bar)."""

    columns: Sequence[Column]
    numbers: Sequence[float | None] = ()
    selected: int | None = None


def token_strip(spec: TokenStrip, width: int, height: int, look: Look) -> Picture:
    """A line of titles and one for each place, those around the selected one if there are more:
    then arrows say so. Hits: the place.
    """
    count = max((len(column.words) for column in spec.columns), default=0)
    shown = max(0, min(count, height - 1))
    first = min(max(0, (spec.selected or 0) - shown // 2), count - shown)
    arrows = {first: first > 0, first + shown - 1: first + shown < count}
    used = width - ARROW if shown and any(arrows.values()) else width
    each = _widths(spec, used, look)
    head = Line(used).to(len(str(count)) + 1)
    for column, columns in zip(spec.columns, each, strict=True):
        head.add(fit(look.write(column.title), columns), look.muted).space(1)
    lines, places = [head], list[tuple[Target, Area]]()
    largest = max((n for n in spec.numbers if n is not None and math.isfinite(n)), default=0.0)
    for place in range(first, first + shown):
        line = Line(used)
        style = look.highlight if place == spec.selected else look.faint
        line.add(f"{place:>{len(str(count))}}", style).space(1)
        for column, columns in zip(spec.columns, each, strict=True):
            word = column.words[place] or look.glyphs.unknown
            lit = column.lit[place]
            text = fit(look.write(word), columns, "left", look.glyphs.ellipsis)
            line.add(text, look.cause if lit else look.text if column.words[place] else look.faint)
            line.space(1)
        if place < len(spec.numbers):
            _bar(line, spec.numbers[place], largest, look)
        places.append((place, Area(0, len(lines), used, 1)))
        lines.append(line)
    strips = [Line(width).extend(line.strip()) for line in lines]
    for place, there in arrows.items():
        if there and shown and used > 0:
            glyph = look.glyphs.up if place == first else look.glyphs.down
            strips[1 + place - first].to(width - 1).add(glyph, look.muted)
    return Picture(fill([strip.strip() for strip in strips], width, height), area_hits(places))


def _widths(spec: TokenStrip, width: int, look: Look) -> list[int]:
    """Columns for each column: what its words need, and its title as far as there is room; equal
    shares where even the words need too much.
    """
    needed = [_columns(column.words, look) for column in spec.columns]
    titled = [_columns((column.title, *column.words), look) for column in spec.columns]
    count = max((len(column.words) for column in spec.columns), default=0)
    beside = NUMBER + LEAST_BAR if spec.numbers else 0
    room = width - len(str(count)) - 1 - len(needed) - beside
    if sum(needed) > room:
        share = max(1, room // max(1, len(needed)))
        return [min(columns, share) for columns in titled]
    for i, wanted in enumerate(titled):
        needed[i] += min(wanted - needed[i], room - sum(needed))
    return needed


def _columns(words: Sequence[str], look: Look) -> int:
    return min(MOST_WORD, max((width_of(look.write(word)) for word in words), default=0))


def _bar(line: Line, number: float | None, largest: float, look: Look) -> None:
    if number is None:
        return
    room = max(0, line.room - NUMBER)
    finite = math.isfinite(number)
    length = round(room * number / largest) if largest and finite else 0
    if number:
        line.add(look.glyphs.bar * max(0, min(room, length)), look.above)
    line.to(line.width - NUMBER)
    told = (format_number(number, digits) for digits in (3, 1))
    text = next((t for t in told if width_of(t) <= NUMBER), format_number(number, 1))
    line.add(fit(look.write(text), NUMBER, "right"), look.number)

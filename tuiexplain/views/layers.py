"""A row for each layer and a bar in every column, on scales of powers of ten."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuiexplain.trace.numbers import format_number
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Line, Picture, Target, area_hits, fill
from tuiexplain.views.text import fit, shorten, width_of

MOST_NAME = 14
NUMBER = 6
LEAST_DECADES = 2
PLAIN_DECADES = 3
LEAST_BAR = 4
SMALLEST_PLAIN, LARGEST_PLAIN = 0.01, 1e4


@dataclass(frozen=True)
class Column:
    """A number of each layer, never negative; ``None`` where it is not there yet.

    ``rivals`` are marked on the bars: the same numbers of another run.
    """

    title: str
    values: Sequence[float | None]
    rivals: Sequence[float | None] | None = None


@dataclass(frozen=True)
class Layers:
    """``columns`` of numbers for the layers called ``names``; ``selected`` is the one that runs."""

    names: Sequence[str]
    columns: Sequence[Column]
    selected: int | None = None


def layers(spec: Layers, width: int, height: int, look: Look) -> Picture:
    """A line of titles, and a line for each layer as there is room. Hits: ``(layer, column)``.

    A bar that is twice as long does not stand for twice as much: the scale of each column begins
    and ends at the powers of ten in its title.
    """
    if width <= 0 or height <= 0:
        return Picture(fill([], max(0, width), max(0, height)))
    names = [look.write(name) for name in spec.names]
    name_width = min(max(map(width_of, names), default=0), MOST_NAME, max(0, width // 3))
    each = (width - name_width) // max(1, len(spec.columns))
    scales = [_Scale.of(column) for column in spec.columns]
    names = _told_apart(names, name_width, look.glyphs.ellipsis)
    head = Line(width)
    for i, (column, scale) in enumerate(zip(spec.columns, scales, strict=True)):
        head.to(name_width + i * each + 1)
        head.add(fit(_title(column, scale, each - 2, look), each - 2, "left"), look.muted)
    shown = min(len(names), height - 1)
    first = min(max(0, (spec.selected or 0) - shown // 2), len(names) - shown)
    lines, places = [head], list[tuple[Target, Area]]()
    for i in range(first, first + shown):
        line = Line(width)
        style = look.highlight if i == spec.selected else look.muted
        line.add(fit(names[i], name_width, "right", look.glyphs.ellipsis), style)
        for j, (column, scale) in enumerate(zip(spec.columns, scales, strict=True)):
            start = name_width + j * each
            line.to(start + 1)
            _cell(line, column, i, scale, each - 2, look)
            places.append(((i, j), Area(start, len(lines), each, 1)))
        lines.append(line)
    return Picture(fill([line.strip() for line in lines], width, height), area_hits(places))


def _told_apart(names: Sequence[str], width: int, ellipsis: str) -> list[str]:
    """Names cut to ``width``: behind, or in front where they would be the same then."""
    cut = [shorten(name, width, ellipsis) for name in names]
    alike = {short for short, times in Counter(cut).items() if times > 1}
    room = max(0, width - width_of(ellipsis))
    return [
        ellipsis + name[len(name) - room :] if short in alike and width_of(name) > width else short
        for name, short in zip(names, cut, strict=True)
    ]


def _title(column: Column, scale: _Scale, room: int, look: Look) -> str:
    title = look.write(column.title)
    limits = f" {_power(scale.low)}{look.glyphs.dash}{_power(scale.high)}"
    return title + limits if width_of(title + limits) <= room else title


def _short(value: float) -> str:
    """Two digits in six columns, whatever the power of ten."""
    if not math.isfinite(value) or value == 0 or SMALLEST_PLAIN <= value < LARGEST_PLAIN:
        return format_number(value, 2)
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}" if abs(int(exponent)) < 10 else f"{value:.0e}"


def _power(exponent: int) -> str:
    plain = abs(exponent) <= PLAIN_DECADES
    return format_number(10.0**exponent) if plain else f"1e{exponent}"


@dataclass(frozen=True)
class _Scale:
    """Powers of ten at the two ends of a bar."""

    low: int
    high: int

    @classmethod
    def of(cls, column: Column) -> _Scale:
        given = [*column.values, *(column.rivals or ())]
        numbers = np.array([0.0 if x is None else x for x in given], dtype=float)
        logs = np.log10(numbers[np.isfinite(numbers) & (numbers > 0)])
        if not logs.size:
            return cls(-LEAST_DECADES, 0)
        high = math.ceil(float(logs.max()) - 1e-9)
        # One more below the least, which would have no bar else.
        low = math.floor(float(logs.min()) + 1e-9)
        low -= float(logs.min()) - low < 0.1
        return cls(min(low, high - LEAST_DECADES), high)

    def halves(self, value: float, room: int) -> int:
        """Half columns of a bar."""
        if math.isnan(value) or value <= 0:
            return 0
        log = math.log10(value) if math.isfinite(value) else self.high
        share = (log - self.low) / (self.high - self.low)
        return max(1, round(min(1.0, share) * 2 * room))


def _cell(line: Line, column: Column, row: int, scale: _Scale, room: int, look: Look) -> None:
    glyphs, value = look.glyphs, column.values[row]
    known = value is not None
    text = glyphs.unknown if value is None else _short(value)
    style = look.number if known and math.isfinite(value or 0.0) else look.bad
    style = style if known else look.faint
    bar = room - NUMBER - 2
    if bar < LEAST_BAR:
        line.add(fit(look.write(text), room, "right"), style)
        return
    whole, half = divmod(scale.halves(value, bar) if value is not None else 0, 2)
    cells = [glyphs.bar] * whole + [glyphs.bar_left] * half
    cells += [" "] * (bar + 1 - len(cells))
    rival = None if column.rivals is None else column.rivals[row]
    mark = None if rival is None or not rival > 0 else scale.halves(rival, bar) // 2
    line.add(glyphs.vertical, look.rule)
    for i, cell in enumerate(cells[: bar + 1]):
        line.add(glyphs.rival if i == mark else cell, look.strong if i == mark else look.above)
    line.add(fit(look.write(text), NUMBER, "right"), style)

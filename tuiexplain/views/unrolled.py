"""A loop over time, unrolled: a column for each moment, with what is carried from one to the next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from rich.style import Style
from textual.strip import Strip

from tuiexplain.views.digits import Window
from tuiexplain.views.look import Look
from tuiexplain.views.palette import largest_of
from tuiexplain.views.picture import Area, Line, Picture, Target, area_hits, fill
from tuiexplain.views.text import fit, shorten, width_of
from tuiexplain.views.thumbnail import number_text

DIGITS = 6
"""Columns of a moment from which on there are numbers in it."""
MOST = 9
TOTAL = 9
"""Columns of a sum behind its parts."""
GAP = 3
"""Columns of a moment from which on there is a gap behind it."""
MOST_TITLE = 9
FIFTH = 5


class Shown(Enum):
    """What the numbers of a row are."""

    STATE = "state"
    GATE = "gate"
    GRADIENT = "gradient"
    PART = "part"


@dataclass(frozen=True)
class Row:
    """One number, or one for each unit, at every moment: (moments, units).

    ``known`` says at which moments they are computed. A gradient's cells are lengths; it is shaded
    by powers of ten of the largest. ``total`` is written behind a row of parts.
    """

    title: str
    values: np.ndarray
    known: Sequence[bool]
    kind: Shown = Shown.STATE
    total: float | None = None


@dataclass(frozen=True)
class Unrolled:
    """``moments`` are the labels of the columns; ``running`` is the one at which the trace is."""

    moments: Sequence[str]
    rows: Sequence[Row]
    running: int | None = None


def unrolled(spec: Unrolled, width: int, height: int, look: Look) -> Picture:
    """The columns in exactly ``width`` x ``height``. Hits: ``(row, moment)``."""
    titles = [shorten(look.write(row.title), MOST_TITLE, look.glyphs.ellipsis) for row in spec.rows]
    margin = max(map(width_of, titles), default=0) + 1
    room = width - margin
    if room < GAP or height < 1 or not spec.moments:
        return Picture(fill([], max(0, width), max(0, height)))
    window = Window.around(len(spec.moments), room, spec.running)
    column = max(1, min(MOST, room // window.count))
    beside = (room - TOTAL) // window.count
    if beside >= DIGITS and any(row.kind is Shown.PART for row in spec.rows):
        column = min(column, beside)
    strips = [_header(spec, window, margin, column, width, look)]
    places: list[tuple[Target, Area]] = []
    lines = _lines_of(spec.rows, height - 1)
    for number, (row, title, count) in enumerate(zip(spec.rows, titles, lines, strict=True)):
        for t in range(window.first, window.end):
            left = margin + (t - window.first) * column
            places.append(((number, t), Area(left, len(strips), column, count)))
        strips += _row(row, title, count, window, margin, column, width, look)
    return Picture(fill(strips, width, height), area_hits(places))


def _lines_of(rows: Sequence[Row], height: int) -> list[int]:
    """A line for each unit; where there is not that much room, one, and then none."""
    most = max((row.values.shape[1] for row in rows), default=1)
    for units in range(most, 0, -1):
        lines = [min(units, row.values.shape[1]) for row in rows]
        if sum(lines) <= height:
            return lines
    return [1 if i < height else 0 for i in range(len(rows))]


def _header(
    spec: Unrolled, window: Window, margin: int, column: int, width: int, look: Look
) -> Strip:
    line = Line(width).to(margin - 1)
    line.add(look.glyphs.left if window.first else " ", look.faint)
    labels = [look.write(label) for label in spec.moments]
    sparse = max(map(width_of, labels)) >= column and all(map(str.isdecimal, labels))

    def beside(t: int) -> bool:
        """Whether a number here would run into that of the moment at which the trace is."""
        if spec.running is None:
            return False
        left = min(t, spec.running)
        return abs(t - spec.running) * column <= width_of(labels[left])

    for t in range(window.first, window.end):
        start, here = margin + (t - window.first) * column, t == spec.running
        between = t > 0 and (t + 1) % FIFTH > 0
        if line.used > start or (sparse and not here and (between or beside(t))):
            continue
        room = width_of(labels[t]) if sparse else max(column - (column >= GAP), 1)
        text = shorten(labels[t], room, look.glyphs.ellipsis)
        line.to(start).add(text, look.highlight if here else look.muted)
    if window.end < window.total:
        line.to(width - 1).add(look.glyphs.right, look.faint)
    return line.strip()


def _row(
    row: Row,
    title: str,
    lines: int,
    window: Window,
    margin: int,
    column: int,
    width: int,
    look: Look,
) -> list[Strip]:
    """The lines of a row. Units that share a line: the one farthest from 0 stands for them."""
    shown = np.asarray(row.values, dtype=float)
    known = np.asarray(row.known, dtype=bool)
    largest = largest_of(shown[known])
    strips = []
    for part in range(lines):
        units = shown[:, part * shown.shape[1] // lines : (part + 1) * shown.shape[1] // lines]
        line = Line(width).add(title if part == 0 else "", _accent(row, look)).to(margin)
        for t in range(window.first, window.end):
            gap = 1 if column >= GAP else 0
            if not known[t]:
                line.add(fit(look.glyphs.unknown, column - gap, "left"), look.faint).space(gap)
                continue
            number = float(units[t][np.argmax(np.abs(units[t]))])
            _cell(line, row, number, largest, column - gap, look)
            if gap:
                after = t + 1 < window.end and known[t + 1] and part == 0
                line.add(*_arrow(row, look) if after else (" ", look.faint))
        if row.total is not None and part == 0 and line.room >= TOTAL:
            line.add(look.write(f"Σ{number_text(row.total, TOTAL - 1)}"), look.backward_lit)
        strips.append(line.strip())
    return strips


def _accent(row: Row, look: Look) -> Style:
    return look.backward if row.kind in (Shown.GRADIENT, Shown.PART) else look.name


def _arrow(row: Row, look: Look) -> tuple[str, Style]:
    if row.kind is Shown.STATE:
        return look.glyphs.right, look.forward
    if row.kind is Shown.GRADIENT:
        return look.glyphs.left, look.backward
    if row.kind is Shown.PART:
        return "+", look.muted
    return " ", look.faint


def _cell(line: Line, row: Row, number: float, largest: float, room: int, look: Look) -> None:
    """One moment's number: a shade, and the number on it where there is room."""
    digits = room >= DIGITS - 1
    text = number_text(number, room - (row.kind is Shown.GATE)) if digits else ""
    if row.kind is Shown.GATE:
        line.add(_opening(number, look), look.good if number > 0.5 else look.muted)
        line.add(fit(text, room - 1, "right") if digits else "", look.number)
        line.space(0 if digits else room - 1)
    elif row.kind in (Shown.GRADIENT, Shown.PART):
        if digits:
            line.add(_shade(number, largest, look), look.backward)
            line.add(fit(number_text(number, room - 1), room - 1, "right"), look.number)
        else:
            line.add(_shade(number, largest, look) * room, look.backward)
    elif digits:
        level = int(look.tint.quantise(np.array([number]), largest)[0])
        line.add(fit(text, room, "right"), look.tint.style(level))
    else:
        level = int(look.heat.quantise(np.array([number]), largest)[0])
        signs = look.colourless or look.ascii_only
        text = fit(look.heat.shade(level)[-room:], room, "left") if signs else " " * room
        line.add(text, look.heat.style(level))


def _opening(number: float, look: Look) -> str:
    """How far a gate is open, as the height of a bar."""
    if not math.isfinite(number):
        return "?"
    bars = look.glyphs.bars
    return bars[min(len(bars) - 1, max(0, math.floor(number * len(bars))))]


def _shade(number: float, largest: float, look: Look) -> str:
    """Full from a third of the largest on, one shade less for each power of ten below."""
    shades = look.glyphs.shades
    size = abs(number)
    if not math.isfinite(size) or size == 0 or largest == 0:
        return "?" if not math.isfinite(size) else " "
    below = math.ceil(-0.5 - math.log10(size / largest))
    return shades[max(0, len(shades) - 1 - max(0, below))]

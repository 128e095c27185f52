"""Named bars, to both sides of zero, with their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuiexplain.trace.numbers import ColumnFormat
from tuiexplain.views.look import Look
from tuiexplain.views.palette import largest_of
from tuiexplain.views.picture import Area, Line, Picture, Target, area_hits, fill
from tuiexplain.views.text import fit, width_of

MOST_NAME = 14
NUMBER = 7


@dataclass(frozen=True)
class Bars:
    """``values`` by name; ``rivals`` are marked on the bars (the answer to compare with, say).

    ``largest`` is the magnitude of a whole bar: ``None`` for the largest value or rival.
    """

    names: Sequence[str]
    values: Sequence[float]
    rivals: Sequence[float] | None = None
    selected: int | None = None
    largest: float | None = None


def bars(spec: Bars, width: int, height: int, look: Look) -> Picture:
    """A bar on each line, those around the selected one if there are more. Hits: their number."""
    count = min(len(spec.names), len(spec.values))
    shown = min(count, height)
    cut = count > height >= 2
    if cut:
        shown -= 1
    first = min(max(0, (spec.selected or 0) - shown // 2), count - shown)
    names = [look.write(name) for name in spec.names]
    name_width = min(max(map(width_of, names), default=0), MOST_NAME, max(0, width // 3))
    form = ColumnFormat.of(np.asarray(list(spec.values)), NUMBER)
    room = width - name_width - NUMBER - 3
    geometry = _Geometry.of(spec, room)
    lines: list[Line] = []
    places: list[tuple[Target, Area]] = []
    for i in range(first, first + shown):
        line = Line(width)
        style = look.highlight if i == spec.selected else look.muted
        line.add(fit(names[i], name_width, "right", look.glyphs.ellipsis), style).space(1)
        value = float(spec.values[i])
        if room >= 3:
            _bar(line, geometry, value, spec.rivals[i] if spec.rivals else None, look)
            line.space(1)
        number = look.number if math.isfinite(value) else look.bad
        line.add(f"{look.write(form(value)):>{NUMBER}}", number)
        places.append((i, Area(0, len(lines), width, 1)))
        lines.append(line)
    if cut:
        glyphs = look.glyphs
        text = f"{glyphs.along} {first + 1}{glyphs.dash}{first + shown}/{count}"
        lines.append(Line(width).to(name_width + 1).add(text, look.faint, glyphs.ellipsis))
    return Picture(fill([one.strip() for one in lines], width, height), area_hits(places))


@dataclass(frozen=True)
class _Geometry:
    """Columns before and behind the axis, and the magnitude of the longest side."""

    before: int
    behind: int
    largest: float

    @classmethod
    def of(cls, spec: Bars, room: int) -> _Geometry:
        everything = np.array([*spec.values, *(spec.rivals or ())], dtype=float)
        largest = spec.largest or largest_of(everything) or 1.0
        with np.errstate(invalid="ignore"):
            both = bool((everything < 0).any())
        before = (room - 1) // 2 if both else 0
        return cls(before, room - 1 - before, largest)

    def halves(self, value: float) -> int:
        """Half columns from the axis, with the sign of ``value``."""
        if math.isnan(value):
            return 0
        share = max(-1.0, min(1.0, value / self.largest))
        return round(share * 2 * (self.behind if value > 0 else self.before))


def _bar(line: Line, geometry: _Geometry, value: float, rival: float | None, look: Look) -> None:
    glyphs = look.glyphs
    halves = geometry.halves(value)
    whole, half = divmod(abs(halves), 2)
    cells = [" "] * (geometry.before + 1 + geometry.behind)
    axis = geometry.before
    cells[axis] = glyphs.vertical
    for i in range(1, whole + 1):
        cells[axis + i if halves > 0 else axis - i] = glyphs.bar
    if half:
        cells[axis + whole + 1 if halves > 0 else axis - whole - 1] = (
            glyphs.bar_left if halves > 0 else glyphs.bar_right
        )
    mark = None
    if rival is not None and math.isfinite(rival):
        steps = geometry.halves(rival)
        mark = axis + (-(-steps // 2) if steps > 0 else steps // 2)
    side = look.above if halves > 0 else look.below
    for i, cell in enumerate(cells):
        if i == mark:
            line.add(glyphs.rival, look.strong)
        else:
            line.add(cell, look.rule if i == axis else side)

"""The residual stream as one river: how wide it is, and what each branch takes and brings back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style

from tuiexplain.trace.numbers import format_number
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Line, Picture, Target, area_hits, fill
from tuiexplain.views.text import fit, width_of

MOST_NAME = 6
NUMBER, DIGITS = 6, 3
LEAST_MOUTH = 11
"""Columns beside the widest river in which a branch comes back; where there is room, a quarter."""


@dataclass(frozen=True)
class Water:
    """A stretch of the river, or what a branch brings: the length of its rows, and of its gradient.

    ``None`` where it is not computed yet.
    """

    name: str
    length: float | None = None
    gradient: float | None = None


@dataclass(frozen=True)
class Branch:
    """What leaves the river, goes through the modules ``via``, and is added again."""

    via: Sequence[str]
    brings: Water
    open: bool = True


@dataclass(frozen=True)
class River:
    """``stretches`` downwards, with a branch between each two; ``lit`` names what runs now."""

    stretches: Sequence[Water]
    branches: Sequence[Branch]
    lit: str = ""


def river(spec: River, width: int, height: int, look: Look) -> Picture:
    """A river as wide as its rows are long, from top to bottom. Hits: the names."""
    draw = _Drawing.of(spec, width, look)
    between = height - len(spec.stretches) - 2 * len(spec.branches)
    spare = max(0, between) // max(1, len(spec.branches))
    lines: list[Line] = []
    places: list[tuple[Target, Area]] = []

    def add(line: Line, name: str = "") -> None:
        if name:
            places.append((name, Area(0, len(lines), width, 1)))
        lines.append(line)

    for i, water in enumerate(spec.stretches):
        add(draw.numbered(draw.bed(water, named=True), water), water.name)
        for branch in spec.branches[i : i + 1]:
            for _ in range(spare // 2):
                add(draw.bed(water))
            add(draw.leaving(water, branch))
            for _ in range(spare - spare // 2):
                add(draw.bed(water))
            add(draw.joining(water, branch), branch.brings.name)
    return Picture(fill([line.strip() for line in lines], width, height), area_hits(places))


@dataclass(frozen=True)
class _Drawing:
    """Lines of a river: behind ``margin`` columns for names, ``room`` columns are ``longest``; then
    ``mouth`` columns where branches leave and come back, and the numbers.
    """

    width: int
    margin: int
    room: int
    mouth: int
    longest: float
    lit: str
    look: Look

    @classmethod
    def of(cls, spec: River, width: int, look: Look) -> _Drawing:
        waters = [*spec.stretches, *(branch.brings for branch in spec.branches)]
        names = [width_of(look.write(water.name)) for water in spec.stretches]
        margin = min(MOST_NAME, max(names, default=0)) + 1
        known = [w.length for w in waters if w.length is not None and math.isfinite(w.length)]
        mouth = max(LEAST_MOUTH, width // 4)
        room = max(1, width - margin - mouth - 2 * NUMBER - 4)
        return cls(width, margin, room, mouth, max(known, default=0.0) or 1.0, spec.lit, look)

    def columns(self, length: float | None) -> int:
        """At least one column for what is not 0."""
        if not length or math.isnan(length):
            return 0
        return max(1, round(self.room * min(1.0, length / self.longest)))

    def bed(self, water: Water, named: bool = False) -> Line:
        """The river, as wide as it is here."""
        look = self.look
        line = Line(self.width)
        if named:
            name = fit(look.write(water.name), self.margin - 1, "right", look.glyphs.ellipsis)
            line.add(name, self._name(water))
        line.to(self.margin)
        if water.length is None:
            return line.add(look.glyphs.unknown * self.room, look.faint)
        return line.add(look.glyphs.shades[3] * self.columns(water.length), look.below)

    def leaving(self, water: Water, branch: Branch) -> Line:
        """Where a branch takes a copy of what flows by."""
        look, glyphs = self.look, self.look.glyphs
        way = f" {glyphs.forward} ".join(look.write(name) for name in branch.via)
        style = look.text if branch.open else look.faint
        return self.bed(water).add(f"{glyphs.line}{glyphs.forward} {way}", style, glyphs.ellipsis)

    def joining(self, water: Water, branch: Branch) -> Line:
        """Where what the branch made is added to the river."""
        look, glyphs, brings = self.look, self.look.glyphs, branch.brings
        line = self.bed(water)
        arrow = (
            f"{glyphs.backward}{glyphs.line} " if branch.open else f"{glyphs.cross}{glyphs.line} "
        )
        line.add(arrow, look.text if branch.open else look.bad)
        line.add(look.write(brings.name), self._name(brings)).space(1)
        if brings.length is not None:
            bar = min(self.columns(brings.length), self.margin + self.room + self.mouth - line.used)
            line.add(glyphs.shades[2] * max(0, bar), look.above)
        return self.numbered(line, brings)

    def numbered(self, line: Line, water: Water) -> Line:
        """The length at the end of a line, and in the colour of the way back its gradient's."""
        look, glyphs = self.look, self.look.glyphs
        line.to(self.margin + self.room + self.mouth + 1)
        known = water.length is not None
        line.add(_number(water.length, look), look.number if known else look.faint)
        if water.gradient is not None:
            line.add(f" {glyphs.up}{_number(water.gradient, look)}", look.backward)
        return line

    def _name(self, water: Water) -> Style:
        return self.look.highlight if water.name == self.lit else self.look.name


def _number(length: float | None, look: Look) -> str:
    text = look.glyphs.unknown if length is None else format_number(length, DIGITS)
    if width_of(text) > NUMBER and length is not None:
        text = f"{length:.0e}"
    return fit(look.write(text), NUMBER, "right", look.glyphs.ellipsis)

"""Numbers on a ruler of few levels: where each lies, and which level stands for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tuiexplain.trace.numbers import format_number
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Line, Picture, Target, area_hits, fill

NUMBER = 6
LEAST_RULER = 9


@dataclass(frozen=True)
class Levels:
    """``values`` between −``largest`` and ``largest``; ``kept`` is what each one becomes.

    ``step`` is the distance of two levels, ``codes`` the number of the level that was chosen;
    ``None``: not known yet.
    """

    values: Sequence[float]
    largest: float
    step: float | None = None
    kept: Sequence[float] | None = None
    codes: Sequence[float] | None = None
    selected: int | None = None


def levels(spec: Levels, width: int, height: int, look: Look) -> Picture:
    """A line for each number, those around the selected one if there are more. Hits: its place.

    A number and its level that fall into one column are one mark that stands out.
    """
    count = len(spec.values)
    shown = max(0, min(count, height))
    first = min(max(0, (spec.selected or 0) - shown // 2), count - shown)
    columns = width - 2 * (NUMBER + 1)
    lines: list[Line] = []
    places: list[tuple[Target, Area]] = []
    for i in range(first, first + shown):
        line = Line(width)
        style = look.highlight if i == spec.selected else look.number
        line.add(f"{look.write(format_number(spec.values[i], 3)):>{NUMBER}}", style).space(1)
        if columns >= LEAST_RULER:
            _ruler(line, spec, i, columns, look)
        code = "" if spec.codes is None else look.write(format_number(spec.codes[i], 3))
        line.space(line.room - NUMBER).add(f"{code:>{NUMBER}}", look.strong)
        places.append((i, Area(0, len(lines), width, 1)))
        lines.append(line)
    return Picture(fill([line.strip() for line in lines], width, height), area_hits(places))


def _ruler(line: Line, spec: Levels, i: int, columns: int, look: Look) -> None:
    """The levels as dots where they are far enough apart, the number, and its level."""

    def column(number: float) -> int | None:
        if not (math.isfinite(number) and spec.largest > 0):
            return None
        share = max(-1.0, min(1.0, number / spec.largest))
        return round((share + 1) / 2 * (columns - 1))

    glyphs = look.glyphs
    marks: set[int | None] = set()
    if spec.step and math.isfinite(spec.step):
        most = round(spec.largest / spec.step)
        if 3 * most + 1 <= columns:
            marks = {column(k * spec.step) for k in range(-most, most + 1)}
    here = column(spec.values[i])
    kept = None if spec.kept is None else column(spec.kept[i])
    middle = (columns - 1) // 2
    for at in range(columns):
        if at == here:
            line.add(glyphs.point, look.highlight if here == kept else look.cause)
        elif at == kept:
            line.add(glyphs.rival, look.strong)
        elif at in marks:
            line.add(glyphs.unknown, look.muted)
        elif at == middle and not marks:
            line.add(glyphs.vertical, look.rule)
        else:
            line.space(1)

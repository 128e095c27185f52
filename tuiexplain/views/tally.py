"""How many of many succeeded: a sign for each, and the share as a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tuiexplain.views.look import Look
from tuiexplain.views.picture import Line, Picture, fill
from tuiexplain.views.text import fit, width_of

LEAST_WIDTH = 16
NUMBER = 5


@dataclass(frozen=True)
class Tally:
    """Rows of flags by name: the same trial under other conditions."""

    names: Sequence[str]
    flags: Sequence[Sequence[bool]]


def tally(spec: Tally, width: int, height: int, look: Look) -> Picture:
    """For each name a bar with its share, and below it a sign for each flag where there is room."""
    if width < LEAST_WIDTH:
        return Picture(fill([], max(0, width), max(0, height)))
    names = [look.write(name) for name in spec.names]
    across = min(max(map(width_of, names), default=0), width // 3)
    lines: list[Line] = []
    below = max(0, height // max(1, len(names)) - 1)
    for name, flags in zip(names, spec.flags, strict=True):
        share = sum(flags) / len(flags) if flags else 0.0
        line = Line(width).add(fit(name, across, "left", look.glyphs.ellipsis), look.muted)
        line.space(1)
        room = width - across - NUMBER - 2
        full = round(share * room)
        line.add(look.glyphs.bar * full, look.good)
        line.add(look.glyphs.bar * (room - full), look.faint).space(1)
        line.add(f"{share:>{NUMBER}.0%}", look.number)
        lines += [line, *_signs(flags, width, below, look)]
    return Picture(fill([line.strip() for line in lines], width, max(0, height)))


def _signs(flags: Sequence[bool], width: int, height: int, look: Look) -> list[Line]:
    """A sign for each flag, in as many lines as it takes; none if those are not there."""
    if not flags or -(-len(flags) // width) > height:
        return []
    lines = []
    for start in range(0, len(flags), width):
        line = Line(width)
        for flag in flags[start : start + width]:
            line.add(
                look.glyphs.done if flag else look.glyphs.unknown, look.good if flag else look.faint
            )
        lines.append(line)
    return lines

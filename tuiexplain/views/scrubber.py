"""A run as one line: its loss from the first step to the last, and where one stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Hits, Line, Picture
from tuiexplain.views.sparkline import sparkline
from tuiexplain.views.text import width_of

LEAST_TRACK = 8


@dataclass(frozen=True)
class Scrubber:
    """``at`` of ``length`` steps taken; ``losses`` has one number a step.

    ``marks`` are steps at which something was changed, ``label`` stands at the end.
    """

    at: int
    length: int
    losses: Any = ()
    marks: tuple[int, ...] = ()
    label: str = ""
    focused: bool = False


def scrubber(spec: Scrubber, width: int, look: Look) -> Picture:
    """One strip. Hits: the step."""
    label = look.write(spec.label)
    room = width - 4 - (width_of(label) + 1 if label else 0)
    if room < LEAST_TRACK:
        line = Line(width).space(1).add(label, look.muted, look.glyphs.ellipsis)
        return Picture([line.strip()])
    here = place_of(spec.at, spec.length, room)
    bars = _bars(spec, room, look)
    changed = {place_of(mark, spec.length, room) for mark in spec.marks}
    line = Line(width).space(1).add("[" if spec.focused else look.glyphs.tees[2], look.rule)
    for column, bar in enumerate(bars):
        style = look.series[0] if column < here else look.faint
        if column == here:
            line.add(look.glyphs.current, look.highlight if spec.focused else look.cause)
        elif column in changed:
            line.add(look.glyphs.changed, look.update)
        else:
            line.add(bar, style)
    line.add("]" if spec.focused else look.glyphs.tees[3], look.rule)
    if label:
        line.space(1).add(label, look.muted)

    def at(x: int, y: int) -> int | None:
        column = x - 2
        if y != 0 or not 0 <= column < room:
            return None
        return round(column * spec.length / max(1, room - 1))

    def where(step: object) -> Area | None:
        if not isinstance(step, int):
            return None
        return Area(2 + place_of(step, spec.length, room), 0, 1, 1)

    return Picture([line.strip()], Hits(at, where))


def place_of(step: int, length: int, room: int) -> int:
    """The column of a step."""
    return min(room - 1, round(step * (room - 1) / length)) if length > 0 else 0


def _bars(spec: Scrubber, room: int, look: Look) -> str:
    """The loss, its logarithm where it is positive, so that the end of a run can be seen too."""
    losses = np.asarray(spec.losses, dtype=float)
    if losses.size == 0:
        return look.glyphs.line * room
    if losses.size > room:
        starts = np.arange(room) * losses.size // room
        with np.errstate(all="ignore"):
            losses = np.add.reduceat(losses, starts) / np.diff(np.append(starts, losses.size))
    else:
        losses = losses[np.arange(room) * losses.size // room]
    if (losses[np.isfinite(losses)] > 0).all():
        losses = np.log(np.where(np.isfinite(losses), losses, np.nan))
    return sparkline(losses, room, look)

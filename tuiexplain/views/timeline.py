"""The timeline: every event of a training step as a dot, in its phase's colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Hits, Line, Picture
from tuiexplain.views.text import shorten, width_of


@dataclass(frozen=True)
class Stretch:
    """A phase: ``name`` chooses its colour, ``label`` is written, ``count`` are its events."""

    name: str
    label: str
    count: int


def timeline(
    phases: Sequence[Stretch], position: int, width: int, look: Look, *, tail: str = ""
) -> Picture:
    """`` forward ●●●◉○○ │ backward ○○○○ │ update ○○``; ``tail`` stands at the right end.

    ``position`` counts events done over all phases: ``-1`` is before the first, ``0`` is at the
    first. Where there are more events than columns, a dot stands for several. Hits: event indices.
    """
    shown = [p for p in phases if p.count > 0]
    total = sum(p.count for p in shown)
    tail = look.write(tail)
    tail_width = width_of(tail) + 2 if tail else 0
    labels, dots = _layout(shown, width - tail_width, look)
    if tail and sum(dots) < min(total, 8):
        tail, tail_width = "", 0
        labels, dots = _layout(shown, width, look)
    line = Line(width)
    places: list[tuple[int, int, int, int]] = []
    first = 0
    for i, phase in enumerate(shown):
        if i:
            line.add(f" {look.glyphs.vertical} " if labels[i] else look.glyphs.vertical, look.rule)
        elif labels[i]:
            line.space(1)
        here = first <= position < first + phase.count
        if labels[i]:
            line.add(labels[i], look.phase(phase.name, here) if here else look.muted).space(1)
        places.append((line.used, dots[i], first, phase.count))
        _dots(line, phase, dots[i], position - first, look)
        first += phase.count
    if tail:
        line.to(width - width_of(tail) - 1).add(tail, look.muted)
    return Picture([line.strip()], _hits(places))


def _layout(phases: Sequence[Stretch], width: int, look: Look) -> tuple[list[str], list[int]]:
    """Labels (whole, shortened, none) and dots for each phase, so that all fit ``width``."""
    total = sum(p.count for p in phases)
    whole = [look.write(p.label) for p in phases]
    for labels in (
        whole,
        [shorten(label, 3, look.glyphs.ellipsis) for label in whole],
        ["" for _ in whole],
    ):
        spent = sum(width_of(label) + 1 for label in labels if label) + (1 if any(labels) else 0)
        spent += max(0, len(phases) - 1) * (3 if any(labels) else 1)
        room = width - spent
        if room >= total:
            return labels, [p.count for p in phases]
        if room >= 6 * len(phases):
            return labels, _shared([p.count for p in phases], room)
    return labels, _shared([p.count for p in phases], max(0, room))


def _shared(counts: Sequence[int], room: int) -> list[int]:
    """``room`` dots, in proportion to ``counts``, at least one each where there is room."""
    total = sum(counts)
    shares = [max(1, min(c, c * room // total)) for c in counts] if total else []
    while shares and sum(shares) > room and max(shares) > 0:
        shares[shares.index(max(shares))] -= 1
    return shares


def _dots(line: Line, phase: Stretch, dots: int, position: int, look: Look) -> None:
    if dots <= 0:
        return
    glyphs = look.glyphs
    accent, lit = look.phase(phase.name), look.phase(phase.name, lit=True)
    if position < 0:
        line.add(glyphs.pending * dots, look.faint)
    elif position >= phase.count:
        line.add(glyphs.done * dots, accent)
    else:
        at = position * dots // phase.count
        line.add(glyphs.done * at, accent)
        line.add(glyphs.current, lit)
        line.add(glyphs.pending * (dots - at - 1), look.faint)


def _hits(places: Sequence[tuple[int, int, int, int]]) -> Hits:
    def at(x: int, y: int) -> int | None:
        if y == 0:
            for start, dots, first, count in places:
                if start <= x < start + dots:
                    # The first event of this dot: the inverse of ``event * dots // count``.
                    return first + -(-(x - start) * count // dots)
        return None

    def where(event: int) -> Area | None:
        for start, dots, first, count in places:
            if dots and first <= event < first + count:
                return Area(start + (event - first) * dots // count, 0, 1, 1)
        return None

    return Hits(at, where)

"""The remaining pictures of a lesson: title, timeline and dials."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from tuiexplain.commands import Place, commands_for
from tuiexplain.course.dial_words import dial_text, setting_text
from tuiexplain.course.languages import tr
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.telling import told_in
from tuiexplain.trace.event import Phase
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Line, Picture, area_hits, blank
from tuiexplain.views.prose import prose
from tuiexplain.views.text import shorten, width_of
from tuiexplain.views.timeline import Stretch, timeline

LEAST_PART = 7
"""Columns below which the part's title would say nothing."""


def title(desk: Desk, width: int, look: Look, language: str) -> Picture:
    """Number and title of the lesson, its part, and where the learner is."""
    session = desk.session
    lesson, bench = session.lesson, session.bench
    where = look.write(status(desk, language))
    here = width - width_of(where) - 1
    left = Line(max(0, here - 2)).space(1)
    if session.exploring:
        left.add(f"{tr('screen.exploring', language)} · ", look.cause)
    head = lesson.prose(language).head.title
    if session.kept:
        head = f"{lesson.number:02d} {head}"
    left.add(look.write(head), look.title, look.glyphs.ellipsis)
    if left.room > LEAST_PART:
        part = lesson.block(bench.part.id, language).title
        left.add(f" · {look.write(part)}", look.muted, look.glyphs.ellipsis)
    line = Line(width).extend(left.strip()).to(here)
    phase = str(bench.player.phase)
    line.add(where, look.phase(phase, lit=True) if bench.player.event else look.muted)
    return Picture([line.strip()])


def status(desk: Desk, language: str) -> str:
    """``step 14/31 · backward · fc1``, and the training step where there is more than one."""
    bench = desk.session.bench
    if (rest := desk.session.watching) is not None:
        return tr(f"lab.stage_{rest.lab.stage}", language, step=rest.lab.heard.step)
    player, event = bench.player, bench.player.event
    words = [tr("screen.step", language, at=player.position, of=len(player))]
    if event is None:
        words.append(tr("screen.start", language))
    else:
        words.append(tr(f"phase.{event.phase}", language))
        if event.module:
            words.append(event.module)
    if bench.learns:
        words.insert(0, tr("screen.training_step", language, step=bench.training_step))
    return " · ".join(words)


def time(desk: Desk, width: int, look: Look, language: str) -> Picture:
    """The timeline, and the loss at its end."""
    session = desk.session
    player = session.bench.player
    counts = Counter(event.phase for event in player.trace.events)
    stretches = [Stretch(str(p), tr(f"phase.{p}", language), counts[p]) for p in Phase]
    zoom = tr(f"zoom.{session.zoom}", language)
    tail = tr("screen.zoom", language, zoom=zoom)
    return timeline(stretches, player.position - 1, width, look, tail=tail)


def dials(desk: Desk, chosen: int, width: int, look: Look, language: str) -> Picture:
    """The dials of the part, the chosen one lit, and what it does."""
    bench = desk.session.bench
    lines = [Line(width).add(tr("screen.dials_title", language), look.title)]
    places: list[tuple[object, Area]] = []
    for index, dial in enumerate(bench.part.dials):
        setting = bench.settings[dial.id]
        shown = setting_text(desk.session.lesson, dial.id, setting, language)
        label = dial_text(desk.session.lesson, dial.id, language)
        if dial.symbol:
            label += f" {dial.symbol}"
        mark = look.glyphs.right if index == chosen else " "
        line = Line(width).add(f"{mark} ", look.cause)
        line.add(look.write(label), look.highlight if index == chosen else look.name)
        called = look.write(_called(dial.id, dial.symbol, label))
        if called and width_of(called) + width_of(look.write(shown)) + 3 <= line.room:
            line.space(1).add(called, look.muted)
        shown = shorten(look.write(shown), max(0, line.room - 2), look.glyphs.ellipsis)
        line.to(width - width_of(shown) - 1).add(shown, look.number)
        places.append((("dial", index), Area(0, len(lines), width, 1)))
        lines.append(line)
    lines.append(Line(width))
    keys = prose(tr("screen.dials_keys", language), width, look, style=look.muted)
    strips = [*(line.strip() for line in lines), *keys.strips]
    label = f"dial.{bench.part.dials[chosen].id}"
    block = desk.session.lesson.prose(language).blocks.get(label)
    if block is not None and block.text:
        text = told_in(bench.part, label, block.text, language)
        strips += [blank(width), *prose(text, width, look).strips]
    return Picture(strips, area_hits(places))


def _called(dial: str, symbol: str, label: str) -> str:
    """What the prose calls a dial, unless its label or its symbol says that already."""
    return "" if symbol or dial.lower() == label.lower() else dial


@lru_cache(16)
def footer(width: int, look: Look, language: str, place: Place, first: str = "") -> Picture:
    """The most useful keys, as many as fit; a click runs the command.

    ``first`` is a command that stands before the others here, if it usually stands here or not.
    """
    line = Line(width).space(1)
    places: list[tuple[object, Area]] = []
    ranked = sorted(
        (c for c in commands_for(place) if c.footer or c.name == first),
        key=lambda c: (c.name != first, c.footer),
    )
    for command in ranked:
        label = tr(f"command.{command.name}", language)
        if look.ascii_only and not label.isascii():
            continue  # a language that this terminal cannot show
        label = look.write(label)
        key = look.write(command.shown)
        needed = width_of(key) + 1 + width_of(label)
        if needed + 1 > line.room:
            continue
        start = line.used
        line.add(key, look.strong).space(1).add(label, look.muted)
        places.append((("command", command.name), Area(start, 0, needed, 1)))
        line.space(2)
    return Picture([line.strip()], area_hits(places))

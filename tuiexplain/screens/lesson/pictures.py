"""The remaining pictures of a lesson: title, timeline, code and dials."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from tuiexplain.commands import Place, commands_for
from tuiexplain.course.languages import tr
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.event import Phase
from tuiexplain.trace.numbers import format_number
from tuiexplain.views.code import Code, code
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Line, Picture, area_hits
from tuiexplain.views.prose import prose
from tuiexplain.views.text import width_of
from tuiexplain.views.timeline import Stretch, timeline

PAGE_EDGE = 3
"""Lines of code that a page shares with the next."""
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
    head = f"{lesson.number:02d} {lesson.prose(language).head.title}"
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


def program(desk: Desk, width: int, height: int, look: Look, language: str) -> Picture:
    """The code: the lesson's own with the running line lit, or its PyTorch twin."""
    lesson, bench = desk.session.lesson, desk.session.bench
    event = bench.player.event
    heading = Line(width)
    names = {"numpy": tr("screen.code_numpy", language), "torch": tr("screen.code_torch", language)}
    for name in ("numpy", *lesson.spec.twins):
        style = look.title if name == desk.code_language else look.faint
        written = bench.code_name if name == "numpy" else name
        heading.add(names.get(written, written), style).space(2)
    top = None
    if desk.code_language == "numpy":
        listing = bench.listing(event)
        if event is None:
            top = _where_it_begins(desk, listing.text)
        phase = str(event.phase) if event else "forward"
        spec = Code(listing.text, listing.line, phase, listing.columns)
    else:
        line = _twin_line(desk)
        phase = str(event.phase) if event else "forward"
        spec = Code(lesson.source(f"{desk.code_language}_twin.py"), line, phase)
    if spec.running is not None:
        top = _page_of(spec.running, height - 1)
    body = code(spec, width, max(1, height - 1), look, top=top)
    return Picture([heading.strip(), *body.strips])


def _page_of(line: int, height: int) -> int:
    """The first line of the page that ``line`` stands on; pages overlap, and stay a while."""
    page = max(1, height - 2 * PAGE_EDGE)
    return max(1, (line - 1) // page * page + 1 - PAGE_EDGE)


def _where_it_begins(desk: Desk, text: str) -> int | None:
    """The line of the class or function in which the first operation will run."""
    first = desk.trace.events[0].line if desk.trace.events else None
    if first is None:
        return None
    lines = text.splitlines()[:first]
    heads = [n for n, text in enumerate(lines, start=1) if text.startswith(("class ", "def "))]
    return heads[-1] if heads else None


def _twin_line(desk: Desk) -> int | None:
    """The line of the twin that reads like the running line."""
    event = desk.session.bench.player.event
    if event is None or event.line is None:
        return None
    lesson = desk.session.lesson
    ours = lesson.source().splitlines()
    if not 0 < event.line <= len(ours):
        return None
    running = _essence(ours[event.line - 1])
    owner = _owner(ours, event.line)
    twin = lesson.source(f"{desk.code_language}_twin.py").splitlines()
    alike = [n for n, text in enumerate(twin, start=1) if _essence(text) == running]
    in_owner = [n for n in alike if _owner(twin, n) == owner]
    return next(iter(in_owner or alike), None)


def _essence(line: str) -> str:
    """A line without its spacing and without the names in which the frameworks differ."""
    return "".join(line.split()).replace("torch.", "").replace("F.", "")


def _owner(lines: list[str], number: int) -> str:
    """The nearest ``class`` or top-level ``def`` above a line."""
    for line in reversed(lines[:number]):
        if line.startswith(("class ", "def ")):
            return line.split("(")[0].rstrip(":")
    return ""


def dials(desk: Desk, chosen: int, width: int, look: Look, language: str) -> Picture:
    """The dials of the part, the chosen one lit, each with its place between its bounds."""
    bench = desk.session.bench
    lines = [Line(width).add(tr("screen.dials_title", language), look.title)]
    places: list[tuple[object, Area]] = []
    for index, dial in enumerate(bench.part.dials):
        setting = bench.settings[dial.id]
        shown = setting if isinstance(setting, str) else format_number(float(setting))
        label = dial_label(desk, dial.id, language)
        if dial.symbol:
            label += f" {dial.symbol}"
        mark = look.glyphs.right if index == chosen else " "
        line = Line(width).add(f"{mark} ", look.cause)
        line.add(look.write(label), look.highlight if index == chosen else look.name)
        line.to(width - width_of(shown) - 1).add(look.write(shown), look.number)
        places.append((("dial", index), Area(0, len(lines), width, 1)))
        lines.append(line)
    lines.append(Line(width))
    keys = prose(tr("screen.dials_keys", language), width, look, style=look.muted)
    return Picture([*(line.strip() for line in lines), *keys.strips], area_hits(places))


def dial_label(desk: Desk, dial: str, language: str) -> str:
    """A dial's name: the interface's, or the lesson's own."""
    return desk.session.lesson.label(f"dial.{dial}", language)


@lru_cache(16)
def footer(width: int, look: Look, language: str, place: Place) -> Picture:
    """The most useful keys, as many as fit; a click runs the command."""
    line = Line(width).space(1)
    places: list[tuple[object, Area]] = []
    ranked = sorted((c for c in commands_for(place) if c.footer), key=lambda c: c.footer)
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

"""The code pane: the lesson's own program with the running line lit, and its twins' beside it."""

from __future__ import annotations

from tuiexplain.course.languages import has, tr
from tuiexplain.course.marks import marked_line, marks
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.event import Event, Phase
from tuiexplain.views.code import Code, code
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Line, Picture

PAGE_EDGE = 3
"""Lines of code that a page shares with the next."""


def program(desk: Desk, width: int, height: int, look: Look, language: str) -> Picture:
    """The code: the lesson's own with the running line lit, or its PyTorch or Keras twin."""
    bench = desk.session.bench
    event = bench.player.event
    heading = Line(width)
    for name in desk.programs:
        style = look.title if name == desk.program else look.faint
        written = f"screen.code_{bench.code_name if name == 'numpy' else name}"
        heading.add(tr(written, language) if has(written) else bench.code_name, style).space(2)
    top = None
    phase = str(event.phase) if event else "forward"
    if desk.program == "numpy":
        listing = bench.listing(event)
        if event is None:
            top = _where_it_begins(desk, listing.text)
        spec = Code(listing.text, listing.line, phase, listing.columns)
    else:
        line, linked = twin_lines(desk, event)
        source = desk.session.lesson.source(f"{desk.program}_twin.py")
        spec = Code(source, line, phase, linked=linked)
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
    heads = [n for n, line in enumerate(lines, start=1) if line.startswith(("class ", "def "))]
    return heads[-1] if heads else None


def twin_lines(desk: Desk, event: Event | None) -> tuple[int | None, frozenset[int]]:
    """The line of the twin that runs, and those that belong to it.

    A mark says which line it is; without one, the line that reads like the running one. Going
    backward, the line that asked for it belongs to it.
    """
    if event is None:
        return None, frozenset()
    twin = desk.session.lesson.source(f"{desk.program}_twin.py")
    marked = marks(twin)
    line = marked_line(marked, event, desk.trace)
    if line is None:
        line = _alike(desk, twin, event.line)
    linked = marked.get(event.phase)
    if linked is None and event.phase is Phase.BACKWARD:
        seed = next((e for e in desk.trace.events if e.phase is Phase.BACKWARD), event)
        linked = _alike(desk, twin, seed.line)
    return line, frozenset({linked} - {None, line})  # type: ignore[arg-type]


def _alike(desk: Desk, twin: str, line: int | None) -> int | None:
    """The line of the twin that reads like a line of the lesson's own program."""
    ours = desk.session.lesson.source().splitlines()
    if line is None or not 0 < line <= len(ours):
        return None
    running, owner = _essence(ours[line - 1]), _owner(ours, line)
    theirs = twin.splitlines()
    alike = [n for n, text in enumerate(theirs, start=1) if _essence(text) == running]
    in_owner = [n for n in alike if _owner(theirs, n) == owner]
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

"""Source code with its running line lit, and the direction in which it runs."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from rich.style import Style
from textual.strip import Strip

from tuiexplain.trace.kept import kept_for_now
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Hits, Line, Picture, blank
from tuiexplain.views.text import clean, width_of

Pieces = tuple[tuple[str, str], ...]
"""A line: texts with what they are."""


class Code(NamedTuple):
    """``source`` is the text of the file or of a part that starts at line ``first``.

    ``running`` is the line that runs (as the file counts), ``columns`` the part of it that does
    (from, to; ``None`` for all), ``phase`` its direction; ``linked`` lines belong to it.
    """

    source: str
    running: int | None = None
    phase: str = "forward"
    columns: tuple[int, int] | None = None
    linked: Collection[int] = ()
    first: int = 1


def code(spec: Code, width: int, height: int, look: Look, *, top: int | None = None) -> Picture:
    """A window of the source around the running line (or from line ``top``). Hits: line numbers."""
    lines = highlighted(spec.source)
    last = spec.first + len(lines) - 1
    start = _start(spec, len(lines), height) if top is None else max(spec.first, min(top, last))
    digits = len(str(last))
    gutter = digits + 3 if width > digits + 12 else 2
    shift = _shift(spec, lines, width - gutter)
    strips: list[Strip] = []
    for number in range(start, min(start + height, last + 1)):
        state = _QUIET
        if number == spec.running:
            state = _State(spec.phase, running=True, columns=spec.columns)
        elif number in spec.linked:
            state = _State(spec.phase)
        pieces = lines[number - spec.first]
        strips.append(_line(pieces, number, state, width, gutter, shift, look))
    shown = len(strips)
    strips.extend(blank(width) for _ in range(height - shown))
    return Picture(strips, _hits(start, shown, width))


def _start(spec: Code, count: int, height: int) -> int:
    """The first line shown; the running line stands a third down where it can."""
    if spec.running is None:
        return spec.first
    latest = max(spec.first, spec.first + count - height)
    return max(spec.first, min(spec.running - height // 3, latest))


def _shift(spec: Code, lines: tuple[Pieces, ...], room: int) -> int:
    """Columns scrolled off at the left, so that the running part of a long line is in sight."""
    if spec.running is None or not spec.first <= spec.running < spec.first + len(lines):
        return 0
    text = "".join(piece for piece, _ in lines[spec.running - spec.first])
    if width_of(text) <= room or spec.columns is None:
        return 0
    start, end = spec.columns
    if end <= room - 1:
        return 0
    indent = len(text) - len(text.lstrip())
    return max(0, min(start - indent, end - room + 2))


class _State(NamedTuple):
    """What a line has to do with what runs: it runs, or is linked, in a phase; or nothing."""

    phase: str | None = None
    running: bool = False
    columns: tuple[int, int] | None = None


_QUIET = _State()


@kept_for_now(256)
def _line(
    pieces: Pieces, number: int, state: _State, width: int, gutter: int, shift: int, look: Look
) -> Strip:
    glyphs = look.glyphs
    line = Line(width)
    band = look.running if state.running else Style.null()
    number_style = look.faint
    if state.phase is None:
        line.space(1)
    elif state.running:
        number_style = _over(look.phase(state.phase, lit=True), band)
        line.add(glyphs.backward if state.phase == "backward" else glyphs.forward, number_style)
    else:
        line.add(glyphs.vertical, look.phase(state.phase))
    if gutter > 2:
        line.add(str(number).rjust(gutter - 2), number_style)
    line.add(" ", band)
    text_width = sum(width_of(look.write(t)) for t, _ in pieces)
    hidden = shift
    if shift and text_width:
        line.add(glyphs.left, _over(look.muted, band))
        hidden = shift + 1
    cut = text_width - shift > width - gutter
    room = line.room - (1 if cut else 0)
    column = 0
    for text, kind in pieces:
        style = _style(kind, look)
        for part, lit in _parts(text, column, state.columns):
            shown = look.write(part)
            if hidden:
                dropped = min(hidden, len(shown))
                shown, hidden = shown[dropped:], hidden - dropped
            used = min(room, width_of(shown))
            if used:
                line_style = _lit(style, look) if lit else style
                line.add(_cut(shown, used), _over(line_style, band))
                room -= used
        column += len(text)
    if cut:
        line.to(width - 1, band).add(glyphs.right, _over(look.muted, band))
    return line.strip(band)


def _cut(text: str, width: int) -> str:
    from tuiexplain.views.text import fit

    return text if width_of(text) == width else fit(text, width, ellipsis="")


def _parts(text: str, start: int, span: tuple[int, int] | None) -> list[tuple[str, bool]]:
    """``text``, which starts at column ``start``, cut where ``span`` starts and ends."""
    if span is None:
        return [(text, False)]
    a = max(0, min(len(text), span[0] - start))
    b = max(a, min(len(text), span[1] - start))
    return [part for part in ((text[:a], False), (text[a:b], True), (text[b:], False)) if part[0]]


@lru_cache(512)
def _over(style: Style, band: Style) -> Style:
    return style if not band else band + style


@lru_cache(256)
def _lit(style: Style, look: Look) -> Style:
    return style + Style(bold=True, underline=True)


def _style(kind: str, look: Look) -> Style:
    if kind == "keyword":
        return look.keyword
    if kind == "literal":
        return look.literal
    if kind == "comment":
        return look.comment
    if kind == "name":
        return look.text
    return look.muted if kind == "sign" else look.name


@kept_for_now(64)
def highlighted(source: str) -> tuple[Pieces, ...]:
    """Lines of ``(text, kind)``; kinds: keyword, literal, comment, call, name, sign."""
    from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]
    from pygments.token import (  # type: ignore[import-untyped]
        Comment,
        Keyword,
        Literal,
        Name,
        Operator,
    )

    lines: list[list[tuple[str, str]]] = [[]]
    lexer = PythonLexer(stripnl=False, stripall=False, ensurenl=False)
    for token, text in lexer.get_tokens(source.expandtabs(4)):
        if token in Comment:
            kind = "comment"
        elif token in Keyword or token in Operator.Word:
            kind = "keyword"
        elif token in Literal:
            kind = "literal"
        elif token in Name.Function or token in Name.Class:
            kind = "call"
        elif token in Name:
            kind = "name"
        else:
            kind = "sign"
        for i, part in enumerate(text.split("\n")):
            if i:
                lines.append([])
            if part:
                lines[-1].append((clean(part), kind))
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    return tuple(map(tuple, lines))


def _hits(start: int, shown: int, width: int) -> Hits:
    def at(x: int, y: int) -> int | None:
        return start + y if 0 <= y < shown else None

    def where(number: int) -> Area | None:
        return Area(0, number - start, width, 1) if start <= number < start + shown else None

    return Hits(at, where)

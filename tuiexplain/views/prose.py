"""Prose: paragraphs of light Markdown, wrapped for Latin and for Chinese text.

Understood: ``**bold**``, `` `code` ``, ``[[term]]`` and ``[[term|text]]``, ``- item`` and
``1. item``, an empty line between paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from rich.style import Style
from textual.strip import Strip

from tuiexplain.trace.kept import kept_for_now
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Line, Picture, Target, area_hits, blank, fill
from tuiexplain.views.text import width_of

_SPAN = re.compile(
    r"\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`|\[\[(?P<term>[^\]|]+)(?:\|(?P<text>[^\]]+))?\]\]"
)
_ITEM = re.compile(r"(?P<mark>[-*•]|\d{1,2}[.)])\s+(?P<rest>.*)", re.DOTALL)

_PRODUCT = re.compile(
    r"(?<![A-Za-z0-9.²])(?<!× )[A-Za-z0-9.²]{1,5} × [A-Za-z0-9.²]{1,5}(?![A-Za-z0-9.²]| ×)"
)
"""Two short factors, such as a size: ``32 × 8``, ``d × 4d``. A longer chain may be broken."""
NOT_FIRST = frozenset("，。、；：？！）】》」』”’…—～·,.;:?!)]}%‰℃°")
"""Characters that must not start a line."""
NOT_LAST = frozenset("（【《「『“‘([{")
"""Characters that must not end a line."""


class _Piece(NamedTuple):
    """What is never broken: a word, a short product, a space, one Chinese character."""

    text: str
    style: Style
    term: str | None
    space: bool = False

    @property
    def width(self) -> int:
        return width_of(self.text)


@kept_for_now(64)
def prose(text: str, width: int, look: Look, *, style: Style | None = None) -> Picture:
    """``text`` in as many lines as it takes. Hits: glossary terms (what is before the ``|``)."""
    base = look.text if style is None else style
    strips: list[Strip] = []
    places: list[tuple[Target, Area]] = []
    if width <= 0:
        return Picture([])
    for block in _blocks(text):
        if strips:
            strips.append(blank(width)) if block.gap else None
        mark = look.write(block.mark)
        indent = width_of(mark) + 1 if mark else 0
        if indent > width // 2:
            mark, indent = "", 0
        first = True
        for pieces in _lines(list(_pieces(block.text, base, look)), width - indent):
            line = Line(width)
            if first and mark:
                line.add(mark, look.muted)
            line.to(indent)
            first = False
            for piece in pieces:
                if piece.term is not None:
                    area = Area(line.used, len(strips), piece.width, 1)
                    places.append((piece.term, area))
                line.add(piece.text, piece.style)
            strips.append(line.strip())
    return Picture(strips, area_hits(places))


def fitted(write: Callable[[int], Picture], width: int, height: int) -> Picture:
    """What ``write`` makes of ``width``; if it must scroll, clear of the arrows of ``page``."""
    whole = write(width)
    if len(whole.strips) <= height or width <= 2:
        return whole
    narrow = write(width - 2)
    return Picture([Line(width).extend(line).strip() for line in narrow.strips], narrow.hits)


def page(picture: Picture, top: int, width: int, height: int, look: Look) -> Picture:
    """``height`` lines of a long picture from line ``top``; arrows say that there is more."""
    strips = fill(picture.strips[top:], width, height)
    more_below = len(picture.strips) - top - height
    for y, shown, glyph in (
        (0, top > 0, look.glyphs.up),
        (height - 1, more_below > 0, look.glyphs.down),
    ):
        if shown and height > 0 and width > 1:
            kept = strips[y].crop(0, width - 2)
            strips[y] = Line(width).extend(kept).to(width - 1).add(glyph, look.muted).strip()
    hits = area_hits([])
    if picture.hits is not hits:
        from tuiexplain.views.picture import shifted

        hits = shifted(picture.hits, 0, -top)
    return Picture(strips, hits)


class _Block(NamedTuple):
    text: str
    mark: str
    gap: bool


def _blocks(text: str) -> Iterator[_Block]:
    """Paragraphs and list items; an item has no gap before it unless the text has one."""
    for i, paragraph in enumerate(re.split(r"\n\s*\n", text.strip())):
        gap = i > 0
        gathered: list[str] = []
        mark = ""
        for raw in paragraph.splitlines():
            found = _ITEM.match(raw.strip())
            if found:
                if gathered:
                    yield _Block(_join(gathered), mark, gap)
                    gap = False
                gathered, mark = [found["rest"]], found["mark"].replace("*", "-").replace("-", "•")
            else:
                gathered.append(raw.strip())
        if gathered:
            yield _Block(_join(gathered), mark, gap)


def _join(lines: list[str]) -> str:
    """Source lines as one; no space between two Chinese ones."""
    text = ""
    for line in lines:
        if text and not (_wide(text[-1]) and line[:1] and _wide(line[0])):
            text += " "
        text += line
    return text


def _wide(character: str) -> bool:
    return width_of(character) == 2


def _pieces(text: str, base: Style, look: Look) -> Iterator[_Piece]:
    at = 0
    for found in _SPAN.finditer(text):
        yield from _split(text[at : found.start()], base, None, look)
        if found["bold"] is not None:
            yield from _split(found["bold"], look.strong, None, look)
        elif found["code"] is not None:
            yield from _split(found["code"], look.name, None, look)
        else:
            term = found["term"].strip()
            yield from _split(found["text"] or term, look.term, term, look)
        at = found.end()
    yield from _split(text[at:], base, None, look)


def _split(text: str, style: Style, term: str | None, look: Look) -> Iterator[_Piece]:
    word = ""
    text = look.write(text)
    whole = {m.start() for m in re.finditer(r"(?<=\d) (?=%)", text)}  # "15 %" is one word
    for product in _PRODUCT.finditer(text):
        whole.update(i for i in range(product.start(), product.end()) if text[i] == " ")
    for at, character in enumerate(text):
        if at in whole:
            word += character
        elif character == " " or _wide(character):
            if word:
                yield _Piece(word, style, term)
                word = ""
            yield _Piece(character, style, term, space=character == " ")
        else:
            word += character
    if word:
        yield _Piece(word, style, term)


def _lines(pieces: list[_Piece], width: int) -> Iterator[list[_Piece]]:
    """``pieces`` in lines, broken between words and between Chinese characters."""
    line: list[_Piece] = []
    used = 0
    for unit in _units(pieces, width):
        length = sum(p.width for p in unit)
        if unit[0].space:
            if line and used + length <= width:
                line.extend(unit)
                used += length
            elif line:
                yield _trimmed(line)
                line, used = [], 0
            continue
        if used + length > width and line:
            yield _trimmed(line)
            line, used = [], 0
        line.extend(unit)
        used += length
    if line:
        yield _trimmed(line)


def _trimmed(line: list[_Piece]) -> list[_Piece]:
    while line and line[-1].space:
        line = line[:-1]
    return line


def _units(pieces: list[_Piece], width: int) -> Iterator[list[_Piece]]:
    """Groups that stay together; a group wider than the line is broken anywhere."""
    unit: list[_Piece] = []
    for piece in pieces:
        if unit and _together(unit[-1], piece):
            unit.append(piece)
            continue
        yield from _fitting(unit, width)
        unit = [piece]
    yield from _fitting(unit, width)


def _together(before: _Piece, after: _Piece) -> bool:
    if before.space or after.space:
        return False
    if after.term is not None and after.term == before.term:
        return True
    if after.text[0] in NOT_FIRST or before.text[-1] in NOT_LAST:
        return True
    # A word that changes style in its middle is still one word.
    return not _wide(before.text[-1]) and not _wide(after.text[0])


def _fitting(unit: list[_Piece], width: int) -> Iterator[list[_Piece]]:
    if not unit:
        return
    if sum(p.width for p in unit) <= width:
        yield unit
        return
    part: list[_Piece] = []
    used = 0
    for piece in unit:
        for character in piece.text:
            size = width_of(character)
            if used + size > width and part:
                yield part
                part, used = [], 0
            part.append(_Piece(character, piece.style, piece.term))
            used += size
    if part:
        yield part

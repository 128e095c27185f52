"""What a view returns: strips of exactly the width that was asked for, and what lies where."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuiexplain.views.text import shorten, take, width_of

PLAIN = Style.null()


class Area(NamedTuple):
    """A rectangle in columns and lines, from the picture's top left corner."""

    x: int
    y: int
    width: int
    height: int


Target = Hashable


class Hits(NamedTuple):
    """What a position on a picture means (for the mouse), and where a thing is drawn.

    ``at(x, y)`` is the thing there or ``None``; ``where(thing)`` is its area or ``None``.
    """

    at: Callable[[int, int], Any]
    where: Callable[[Any], Area | None]


def _nothing(*_: Any) -> None:
    return None


NO_HITS = Hits(_nothing, _nothing)


@dataclass(frozen=True)
class Picture:
    """Lines of equal width, with what lies where."""

    strips: list[Strip]
    hits: Hits = field(default=NO_HITS, compare=False)

    @property
    def text(self) -> str:
        """The picture without its colours (for exports and tests)."""
        return "\n".join(strip.text for strip in self.strips)


def area_hits(areas: Iterable[tuple[Target, Area]]) -> Hits:
    """Hits of a picture with few things on it; where areas overlap, the first one counts."""
    places = list(areas)

    def at(x: int, y: int) -> Target | None:
        for target, area in places:
            if area.x <= x < area.x + area.width and area.y <= y < area.y + area.height:
                return target
        return None

    def where(target: Target) -> Area | None:
        return next((area for found, area in places if found == target), None)

    return Hits(at, where)


def nearest_hits(places: Mapping[int, tuple[int, int]]) -> Hits:
    """Hits of a picture with points on it: the nearest within two columns and one line."""

    def at(column: int, row: int) -> int | None:
        def far(i: int) -> int:
            return abs(places[i][0] - column) + 2 * abs(places[i][1] - row)

        near = [i for i, (x, y) in places.items() if abs(x - column) <= 2 and abs(y - row) <= 1]
        return min(near, key=far, default=None)

    def where(i: int) -> Area | None:
        return Area(*places[i], 1, 1) if i in places else None

    return Hits(at, where)


def shifted(hits: Hits, x: int, y: int) -> Hits:
    """``hits`` of a picture that is drawn ``x`` columns and ``y`` lines further on."""

    def where(target: Any) -> Area | None:
        area = hits.where(target)
        return None if area is None else area._replace(x=area.x + x, y=area.y + y)

    return Hits(lambda px, py: hits.at(px - x, py - y), where)


def joined(parts: Sequence[Hits]) -> Hits:
    """The hits of pictures that lie on one another without overlapping."""

    def at(x: int, y: int) -> Any:
        return next((found for hits in parts if (found := hits.at(x, y)) is not None), None)

    def where(target: Any) -> Area | None:
        return next((area for hits in parts if (area := hits.where(target)) is not None), None)

    return Hits(at, where)


@lru_cache(512)
def is_quiet(style: Style) -> bool:
    """Whether a space in this style looks like any other space."""
    marks = style.underline, style.underline2, style.reverse, style.strike, style.overline
    return style.bgcolor is None and not any(marks)


class Line:
    """One line under construction: runs of text, neighbours of the same style joined.

    ``cut`` is whether a text that was to stand in it did not fit.
    """

    __slots__ = ("_styles", "_texts", "cut", "used", "width")

    def __init__(self, width: int) -> None:
        self.width = width
        self.used = 0
        self.cut = False
        self._texts: list[str] = []
        self._styles: list[Style] = []

    @property
    def room(self) -> int:
        """Columns that are left."""
        return self.width - self.used

    def add(self, text: str, style: Style = PLAIN, ellipsis: str | None = None) -> Line:
        """Append clean ``text``; what does not fit is cut, with ``ellipsis`` if that is given."""
        if not text:
            return self
        columns = width_of(text)
        if columns > self.room:
            self.cut |= not text.isspace()
            text = take(text, self.room) if ellipsis is None else shorten(text, self.room, ellipsis)
            columns = width_of(text)
            if not text:
                return self
        if self._styles and self._joins(text, style):
            self._texts[-1] += text
        else:
            self._texts.append(text)
            self._styles.append(style)
        self.used += columns
        return self

    def _joins(self, text: str, style: Style) -> bool:
        """Whether ``text`` goes on with the last run; spaces take what style stands beside them."""
        last = self._styles[-1]
        if style is not last and last is PLAIN and self._texts[-1].isspace() and is_quiet(style):
            self._styles[-1] = last = style
        return style is last or (style is PLAIN and text.isspace() and is_quiet(last))

    def space(self, columns: int, style: Style = PLAIN) -> Line:
        """Append ``columns`` spaces (as many as fit)."""
        return self.add(" " * min(columns, self.room), style) if columns > 0 else self

    def to(self, column: int, style: Style = PLAIN) -> Line:
        """Append spaces up to ``column``."""
        return self.space(column - self.used, style)

    def extend(self, strip: Strip) -> Line:
        """Append a finished strip."""
        if strip.cell_length > self.room:
            for text, style, _ in strip:
                self.add(text, style or PLAIN)
            return self
        texts, styles = self._texts, self._styles
        for text, style, _ in strip:
            if styles and styles[-1] is style:
                texts[-1] += text
            else:
                texts.append(text)
                styles.append(PLAIN if style is None else style)
        self.used += strip.cell_length
        return self

    def strip(self, style: Style = PLAIN) -> Strip:
        """The finished line, filled up to its width."""
        self.space(self.room, style)
        return Strip(map(Segment, self._texts, self._styles), self.width)


def blank(width: int, style: Style = PLAIN) -> Strip:
    """An empty line."""
    return Strip.blank(width, style)


def fill(strips: Sequence[Strip], width: int, height: int) -> list[Strip]:
    """Exactly ``height`` lines: ``strips``, then empty lines."""
    lines = list(strips[:height])
    lines.extend(blank(width) for _ in range(height - len(lines)))
    return lines


def beside(pictures: Sequence[tuple[Sequence[Strip], int]], gap: int = 0) -> list[Strip]:
    """Strips next to each other: ``(strips, width)`` each, ``gap`` columns between."""
    height = max((len(strips) for strips, _ in pictures), default=0)
    total = sum(width for _, width in pictures) + gap * max(0, len(pictures) - 1)
    lines = []
    for y in range(height):
        line = Line(total)
        for i, (strips, width) in enumerate(pictures):
            if i:
                line.space(gap)
            line.extend(strips[y] if y < len(strips) else blank(width))
        lines.append(line.strip())
    return lines

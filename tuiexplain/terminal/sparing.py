"""Textual's compositor, sending no more of a picture than what the terminal does not show yet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console, RenderableType
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tuiexplain.terminal.pen import Pen


class SparingCompositor(Compositor):
    """The same picture in fewer bytes.

    Textual sends a changed line from its widget's left edge on, and a screen that was laid out
    again, or came back, as a whole, twice over. This sends the columns that changed, and of a whole
    screen the lines that changed.
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[int, Strip] = {}
        """The lines that the terminal shows, as far as they are known."""
        self._shown_size = Size(0, 0)
        self._layout: object = None
        self._uncovered: list[tuple[Widget, Region]] = []

    def forget(self) -> None:
        """Whatever the terminal shows now, it may not be ours."""
        self._shown.clear()

    def render_update(
        self,
        full: bool = False,
        screen_stack: list[Screen[object]] | None = None,
        simplify: bool = False,
    ) -> Any:
        """What is to be sent, if anything; ``full`` is for pictures in files, and is everything."""
        if full:
            return super().render_update(full, screen_stack, simplify)
        parts = self._of_widgets()
        if parts is None:
            update = super().render_update(full, screen_stack, simplify)
            parts = [] if update is None else list(_parts(update))
        if self.size != self._shown_size:
            self._shown_size = self.size
            self.forget()
        news = [part for part in parts if not self._shows(part)]
        for x, y, strip in news:
            if x == 0 and strip.cell_length == self.size.width:
                self._shown[y] = strip
            else:
                self._shown.pop(y, None)
        return _News(news) if news else None

    def _of_widgets(self) -> list[_Part] | None:
        """What changed, if it lies in widgets that nothing lies over; else ``None``.

        Such a widget is asked for its changed lines alone. Textual would put the whole screen
        together, layer by layer, to find out what is seen.
        """
        dirty: dict[Widget, list[Region]] = {}
        in_front = self._in_front()
        for region in self._dirty_regions:
            for widget, whole in in_front:
                if whole.contains_region(region):
                    dirty.setdefault(widget, []).append(region)
                    break
            else:
                return None
        self._dirty_regions.clear()
        parts: list[_Part] = []
        for widget, regions in dirty.items():
            (left, top), width = self.visible_widgets[widget][0].offset, widget.outer_size.width
            first, last = min(r.y for r in regions), max(r.bottom for r in regions)
            lines = widget.render_lines(Region(0, first - top, width, last - first))
            for x, y, columns, height in regions:
                for number, line in enumerate(lines[y - first : y - first + height], y):
                    parts.append(_cut(line, left, number, x, x + columns))
        return parts

    def _in_front(self) -> list[tuple[Widget, Region]]:
        """The widgets that are seen whole."""
        visible = self.visible_widgets
        if self._layout is not visible:
            self._layout = visible
            self._uncovered = []
            before: list[Region] = []
            for widget, (region, clip) in visible.items():
                seen = clip.intersection(region)
                if seen == region and not any(seen.overlaps(other) for other in before):
                    self._uncovered.append((widget, region))
                before.append(seen)
        return self._uncovered

    def _shows(self, part: _Part) -> bool:
        line = self._shown.get(part.y)
        return line is not None and line.crop(part.x, part.x + part.strip.cell_length) == part.strip


class _Part(NamedTuple):
    """A line, or a part of it."""

    x: int
    y: int
    strip: Strip


def _parts(update: RenderableType) -> Iterator[_Part]:
    """All lines, or the spans that Textual thinks have changed, cut where widgets begin and end."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips):
            yield _Part(0, y, Strip.join(line))
    elif isinstance(update, ChopsUpdate):
        for y, x1, x2 in update.spans:
            for (start, strip), end in zip(
                update.chops[y].items(), update.chop_ends[y], strict=True
            ):
                if strip is not None and start < x2 and x1 < end:
                    yield _cut(strip, start, y, max(start, x1), min(end, x2))


def _cut(strip: Strip, start: int, y: int, left: int, right: int) -> _Part:
    """The columns from ``left`` to ``right`` of a strip at ``start``; no character is halved."""
    if strip.cell_length != len(strip.text):
        edges = set(accumulate(map(cell_len, strip.text), initial=start))
        left -= left not in edges
        right += right not in edges
    return _Part(left, y, strip.crop(left - start, right - start))


class _News(CompositorUpdate):
    """What is sent."""

    def __init__(self, parts: list[_Part]) -> None:
        self.parts = parts

    def render_segments(self, console: Console) -> str:
        pen = Pen(console._color_system or ColorSystem.TRUECOLOR)
        for x, y, strip in sorted(self.parts, key=itemgetter(1, 0)):
            pen.write(x, y, strip)
        return pen.done()

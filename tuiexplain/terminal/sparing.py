"""Textual's compositor, sending no more of a picture than what the terminal does not show yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.console import Console, RenderableType
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip


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
        update = super().render_update(full, screen_stack, simplify)
        if full or update is None:
            return update
        if self.size != self._shown_size:
            self._shown_size = self.size
            self.forget()
        news = [part for part in _parts(update) if not self._shows(part)]
        for x, y, strip in news:
            if x == 0 and strip.cell_length == self.size.width:
                self._shown[y] = strip
            else:
                self._shown.pop(y, None)
        return _News(news) if news else None

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
                    left, right = max(start, x1), min(end, x2)
                    yield _Part(left, y, strip.crop(left - start, right - start))


class _News(CompositorUpdate):
    """What is sent."""

    def __init__(self, parts: list[_Part]) -> None:
        self.parts = parts

    def render_segments(self, console: Console) -> str:
        move_to = Control.move_to
        return "".join(move_to(x, y).segment.text + s.render(console) for x, y, s in self.parts)

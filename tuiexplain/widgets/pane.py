"""A pane: lines that a view drew, of which only the changed ones are sent to the terminal."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tuiexplain.views.picture import NO_HITS, Hits, Picture

Draw = Callable[[int, int], Picture]
"""A picture of a width and a height."""


class Pane(Widget):
    """Shows what ``draw`` gives for the pane's size; :meth:`redraw` asks it again.

    Textual sends a whole widget when it is refreshed; over a slow line that is felt. So a pane
    keeps its lines and refreshes only those that came out different. A click on something in the
    picture is posted as :class:`Pane.Hit`.
    """

    DEFAULT_CSS = """
    Pane { width: 1fr; height: 1fr; }
    """

    class Hit(Message):
        """The mouse was pressed on something in a picture."""

        def __init__(self, pane: Pane, target: object) -> None:
            super().__init__()
            self.pane, self.target = pane, target

        @property
        def control(self) -> Pane:
            """The pane."""
            return self.pane

    def __init__(self, draw: Draw, *, id: str | None = None, focusable: bool = False) -> None:  # noqa: A002
        super().__init__(id=id)
        self.draw = draw
        self.can_focus = focusable
        self.hits: Hits = NO_HITS
        self._lines: list[Strip] = []

    def redraw(self) -> int:
        """Draw again; return how many cells came out different and are sent."""
        width, height = self.content_size
        if not width or not height or not self.display:
            return 0
        picture = self.draw(width, height)
        self.hits = picture.hits
        base = self.rich_style
        lines = [strip.apply_style(base) for strip in picture.strips[:height]]
        lines += [Strip.blank(width, base)] * (height - len(lines))
        before, self._lines = self._lines, lines
        if len(before) != height:
            self.refresh()
            return width * height
        gutter = self.gutter
        changed = [y for y in range(height) if before[y] != lines[y]]
        if changed:
            self.refresh(*(Region(gutter.left, gutter.top + y, width, 1) for y in changed))
        return width * len(changed)

    def on_resize(self) -> None:
        """Draw at the new size."""
        self._lines = []
        self.redraw()

    def render_line(self, y: int) -> Strip:
        """One line, for Textual's compositor."""
        if y < len(self._lines):
            return self._lines[y]
        return Strip.blank(self.content_size.width, self.rich_style)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Tell what was pressed."""
        offset = event.get_content_offset(self)
        target = self.hits.at(offset.x, offset.y) if offset is not None else None
        if target is not None:
            self.post_message(self.Hit(self, target))

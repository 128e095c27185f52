"""A picture on the screen: lines that a view drew, of which only the changed ones are sent."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Picture(Widget):
    """Base of every drawn widget. A subclass says what to draw; :meth:`redraw` asks it to.

    Textual sends a whole widget when it is refreshed; over a slow line that is felt. So a picture
    keeps its lines and refreshes only those that are not equal to what stands there.
    """

    DEFAULT_CSS = """
    Picture { height: 1fr; width: 1fr; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines: list[Strip] = []

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The picture at this size, a strip a line."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw again, and refresh the lines that came out different."""
        width, height = self.content_size
        if not width or not height:
            return
        lines = list(self.draw(width, height))[:height]
        lines += [Strip.blank(width)] * (height - len(lines))
        before, self._lines = self._lines, lines
        if len(before) != len(lines):
            self.refresh()
            return
        gutter = self.gutter
        changed = [y for y in range(height) if before[y] != lines[y]]
        if changed:
            self.refresh(*(Region(gutter.left, gutter.top + y, width, 1) for y in changed))

    def on_resize(self) -> None:
        """Draw at the new size."""
        self._lines = []
        self.redraw()

    def render_line(self, y: int) -> Strip:
        """One line, for Textual's compositor."""
        return self._lines[y] if y < len(self._lines) else Strip.blank(self.content_size.width)

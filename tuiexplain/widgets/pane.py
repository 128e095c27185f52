"""A pane: lines that a view drew, of which only the changed ones are sent to the terminal."""

from __future__ import annotations

from collections.abc import Callable

from rich.style import Style
from textual import events
from textual.color import Color
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tuiexplain.views.changes import changes
from tuiexplain.views.picture import NO_HITS, Hits, Picture, fill

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

    class Drag(Hit):
        """The mouse moved on, with a button held, to something else in the picture."""

    def __init__(self, draw: Draw, *, id: str | None = None, focusable: bool = False) -> None:  # noqa: A002
        super().__init__(id=id)
        self.draw = draw
        self.can_focus = focusable
        self.hits: Hits = NO_HITS
        self._pressed: object = None
        self._lines: list[Strip] = []
        self._drawn_at: Size | None = None
        self._colours: tuple[Style, Color] | None = None

    def redraw(self) -> int:
        """Draw again; return how many cells came out different and are sent."""
        size, drawn_at, before = self.content_size, self._drawn_at, self._lines
        if not self.display or not size.area:
            if drawn_at is not None:
                self._drawn_at = None  # to be drawn when it is seen again
                self.refresh()
            return 0
        self._draw(size)
        if drawn_at != size:
            self.refresh()
            return size.area
        regions: list[Region] = []
        for y, (old, new) in enumerate(zip(before, self._lines, strict=True)):
            if old == new:
                self._lines[y] = old  # which has its colours already
            else:
                regions += [Region(start, y, end - start, 1) for start, end in changes(old, new)]
        if regions:
            self.refresh(*regions)
        return sum(region.width for region in regions)

    def _draw(self, size: Size) -> None:
        picture = self.draw(*size)
        self.hits = picture.hits
        self._lines = fill(picture.strips, *size)
        self._drawn_at = size

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines for Textual's compositor; drawn now if they never were at this size.

        Where there is no border or padding to put around them, they need not go through all that
        Textual can do to a line.
        """
        size = self.content_size
        if self._drawn_at != size:
            self._draw(size)
        if size != self.outer_size:
            return super().render_lines(crop)
        if self._colours is None:
            self._colours = self.rich_style, self.background_colors[1]
        style, background = self._colours
        lines = [self._lines[y].apply_style(style) for y in crop.line_range]
        for line_filter in self.get_line_filters():
            lines = [line.apply_filter(line_filter, background) for line in lines]
        left, right = crop.column_span
        return lines if right - left == size.width else [line.crop(left, right) for line in lines]

    def notify_style_update(self) -> None:
        """Colours are looked up once for each theme."""
        self._colours = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """One of the lines, in the pane's own colours where the view has none."""
        return self._lines[y].apply_style(self.rich_style)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Tell what was pressed."""
        self._pressed = self._under(event)
        if self._pressed is not None:
            self.post_message(self.Hit(self, self._pressed))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell what the mouse came to, if it is held down."""
        if not event.button:
            self._pressed = None
        target = None if self._pressed is None else self._under(event)
        if target is not None and target != self._pressed:
            self._pressed = target
            self.post_message(self.Drag(self, target))

    def _under(self, event: events.MouseEvent) -> object:
        offset = event.get_content_offset(self)
        return self.hits.at(offset.x, offset.y) if offset is not None else None

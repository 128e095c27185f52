"""A screen made of panes, with a line for messages and the row of keys below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.screen import Screen, ScreenResultType

from tuiexplain.commands import Place
from tuiexplain.screens.lesson.pictures import footer
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Line, Picture
from tuiexplain.widgets.pane import Pane

if TYPE_CHECKING:
    from tuiexplain.screens.app import TuiExplain


class Paned(Screen[ScreenResultType]):
    """What the screen shows is drawn anew after every key."""

    app: TuiExplain
    AUTO_FOCUS = ""  # keys go to the screen until it asks for something
    PLACE: ClassVar[Place]

    def __init__(self) -> None:
        super().__init__()
        self.message = ""

    @property
    def look(self) -> Look:
        """Colours and characters."""
        return self.app.look

    @property
    def language(self) -> str:
        """The interface's language."""
        return self.app.language

    def lay_out(self) -> None:
        """Choose where the panes are, for the window's size and for what is shown."""

    def on_resize(self) -> None:
        """Choose the layout for the window's size."""
        self.lay_out()

    def show(self) -> int:
        """Draw every pane again; return how many cells were sent."""
        self.lay_out()
        return sum(pane.redraw() for pane in self.query(Pane))

    def hush(self) -> None:
        """Take the message away."""
        self.message = ""

    def _note(self, width: int, height: int) -> Picture:
        look = self.look
        line = Line(width).space(1)
        line.add(look.write(self.message), look.text, look.glyphs.ellipsis)
        return Picture([line.strip()])

    def _keys(self, width: int, height: int) -> Picture:
        return footer(width, self.look, self.language, self.PLACE)

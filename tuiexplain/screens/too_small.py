"""What stands in a window that is too small for anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.screen import Screen

from tuiexplain.course.languages import tr
from tuiexplain.views.picture import Picture
from tuiexplain.views.prose import prose
from tuiexplain.widgets.pane import Pane

if TYPE_CHECKING:
    from tuiexplain.screens.app import TuiExplain


class TooSmall(Screen[None]):
    """One clear sentence; the application goes back by itself when the window grows."""

    app: TuiExplain

    def compose(self) -> ComposeResult:
        yield Pane(self._sentence)

    def show(self) -> None:
        """Draw again."""
        self.query_one(Pane).redraw()

    def _sentence(self, width: int, height: int) -> Picture:
        size = self.app.size
        text = tr("screen.too_small", self.app.language, width=size.width, height=size.height)
        return prose(text, width, self.app.look)

"""The table that the network learns from, looked at, and its target chosen."""

from __future__ import annotations

from tuiexplain.play.errors import PlayError
from tuiexplain.play.sources import fitted, preview
from tuiexplain.screens.play.columns import Columns
from tuiexplain.screens.play.sharing import Sharing


class Tables(Sharing):
    """The command about a table's columns."""

    def action_columns(self) -> None:
        """Show the columns of the table; the one that is chosen is predicted from now on."""
        self.pause()
        try:
            shown = preview(self.play.design)
        except PlayError as error:
            self.refused(error)
            return
        self.app.push_screen(Columns(shown, self.play.dataset), self._predict)

    def _predict(self, target: str | None) -> None:
        design = self.play.design
        if target is None or target == preview(design).target:
            return
        # The features are all columns again: what was predicted is one of them now.
        wanted = design.changed(target=target, features=(target,), left_out=())
        try:
            wanted = fitted(wanted)
        except PlayError as error:
            self.refused(error)
            return
        if self.rebuilt(wanted):
            self.tell("predicts", target=target)
            self.lay_out()
            self.show()

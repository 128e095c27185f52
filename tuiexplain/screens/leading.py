"""The commands that lead elsewhere, for the lesson's screen and the course map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

if TYPE_CHECKING:
    from tuiexplain.screens.app import TuiExplain


class Leading(Screen[None]):
    """What is needed for them is imported when one is used."""

    app: TuiExplain

    def action_go_to(self) -> None:
        """Choose a place in the lesson, or in the course."""
        from tuiexplain.screens import ways

        ways.go_to(self.app)

    def action_glossary(self) -> None:
        """Look terms up."""
        from tuiexplain.screens import ways

        ways.glossary(self.app)

    def action_bookmarks(self) -> None:
        """The bookmarks of all lessons."""
        from tuiexplain.screens import ways

        ways.bookmarks(self.app)

    def action_challenge(self) -> None:
        """Questions of all lessons of this part of the course."""
        from tuiexplain.screens import ways

        ways.challenge(self.app)

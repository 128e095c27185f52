"""A run handed on: its text to the clipboard, and everything of it into a folder."""

from __future__ import annotations

from pathlib import Path

from tuiexplain.play.errors import PlayError
from tuiexplain.play.sharing.folder import share
from tuiexplain.play.sharing.text import Story, written
from tuiexplain.play.wording import sentence
from tuiexplain.screens.play.stopping import Stopping


class Sharing(Stopping):
    """The command that hands a run on."""

    def action_share(self) -> None:
        """Write programs, weights, curves and the picture; copy the text of the run."""
        self.pause()
        self.hush()
        self.show()
        try:
            text = written(Story(self.play.segments, self.play.length))
            folder = share(self.play, Path.cwd(), self.app.export_screenshot(title="playground"))
        except PlayError as error:
            self.message = sentence(error, self.language)
        else:
            self.app.copy_to_clipboard(text)
            self.tell("shared", folder=folder.name)
        self.show()

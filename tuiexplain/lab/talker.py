"""The interface's side of a talk with a trained model. Imports no torch."""

from __future__ import annotations

from pathlib import Path

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.protocol import Question, Talk
from tuiexplain.lab.worker import Child


class Talker(Child):
    """A process with a model that answers."""

    def __init__(self, file: Path) -> None:
        super().__init__(Talk(str(file)))

    def put(self, number: int, text: str) -> None:
        """Ask; what is still being said is broken off."""
        self.send(Question(number, text))

    def _epitaph(self) -> LabError:
        return LabError("the process that speaks has ended: leave the talk and begin anew.", "mute")

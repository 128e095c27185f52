"""A list of what can be done with the run, to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tuiexplain.screens.finder import Entry, Finder


class Choices(Finder):
    """``offered`` are (text, target) under a title; the target is what is handed on."""

    HINT_KEY = "play.choose_hint"

    def __init__(self, title: str, offered: Sequence[tuple[str, Any]]) -> None:
        super().__init__()
        self.heading, self.offered = title, offered

    def entries(self) -> Sequence[Entry]:
        """What can be chosen."""
        return [Entry(text, target) for text, target in self.offered]

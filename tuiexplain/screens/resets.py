"""What can be started over, to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tuiexplain.course.languages import tr
from tuiexplain.screens.finder import Entry, Finder


class Resets(Finder):
    """What can be reset. The target is its name."""

    TITLE_KEY: ClassVar[str] = "screen.reset_title"
    HINT_KEY: ClassVar[str] = "screen.reset_hint"

    def __init__(self, offered: Sequence[str]) -> None:
        super().__init__()
        self.offered = offered

    def entries(self) -> Sequence[Entry]:
        """The things, and what a reset of each means."""
        language = self.app.language
        return [
            Entry(
                tr(f"screen.reset_{name}", language),
                name,
                more=tr(f"screen.reset_{name}_means", language),
            )
            for name in self.offered
        ]

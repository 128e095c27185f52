"""Somebody in the playground."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.screens.learner import SMALL, Learner
from tuiexplain.play.design import Design
from tuiexplain.play.play import Play
from tuiexplain.screens.app import TuiExplain
from tuiexplain.screens.play.screen import PlayScreen
from tuiexplain.screens.play.standing import Standing
from tuiexplain.terminal.options import AppOptions


class Player(Learner):
    """Presses keys in the playground and looks at it."""

    @property
    def screen(self) -> PlayScreen:  # type: ignore[override]
        """The playground's screen, whatever lies over it."""
        return next(s for s in self.app.screen_stack if isinstance(s, PlayScreen))

    @property
    def play(self) -> Play:
        """The run."""
        return self.screen.play

    @property
    def standing(self) -> Standing:
        """The cursor."""
        return self.screen.standing

    async def train(self, steps: int) -> None:
        """Take training steps, as fast as they go, and look."""
        self.play.run.extend_to(self.play.length + steps)
        self.play.go_to(self.play.length)
        self.screen.show()
        await self.settle()

    async def dial(self, name: str) -> None:
        """To a dial."""
        if self.screen.turning is None:
            await self.press("d")
        for _ in self.screen.turns:
            turn = self.screen.turn
            assert turn is not None
            if turn.dial.id == name:
                return
            await self.press("down")
        raise AssertionError(f"there is no dial {name}")


@asynccontextmanager
async def playing(
    design: Design | None = None,
    *,
    size: tuple[int, int] = SMALL,
    language: str = "en",
    **options: Any,
) -> AsyncIterator[Player]:
    """The playground, opened with a design."""
    app = TuiExplain(AppOptions(play=design or Design(), language=language, **options))
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            player = Player(app, pilot)
            await pilot.pause()
            await player.settle()
            yield player
    finally:
        app.progress.close()

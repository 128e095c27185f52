"""The real application without a terminal, and a learner at its keyboard and mouse."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual import events
from textual.geometry import Size
from textual.pilot import Pilot
from textual.widgets import Static
from textual.widgets._toast import Toast

from tuiexplain.course.session import Session
from tuiexplain.course.workbench import Workbench
from tuiexplain.screens.app import TuiExplain
from tuiexplain.screens.export import screen_text
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.screen import LessonScreen
from tuiexplain.terminal.options import AppOptions
from tuiexplain.widgets.pane import Pane

SMALL, MEDIUM, LARGE = (80, 24), (120, 40), (200, 60)

CHARACTERS = {
    "space": " ",
    "full_stop": ".",
    "comma": ",",
    "minus": "-",
    "plus": "+",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "less_than_sign": "<",
    "greater_than_sign": ">",
}
NAMES = {character: name for name, character in CHARACTERS.items()}


class Learner:
    """Presses keys and looks at the screen."""

    def __init__(self, app: TuiExplain, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    # -- hands -----------------------------------------------------------------------------------

    async def press(self, *keys: str, times: int = 1) -> None:
        """Press keys, one after another, each handled before the next.

        Pilot's own ``press`` waits for an idle process, 40 ms and more a key; this waits for the
        messages alone.
        """
        for key in keys * times:
            name = NAMES.get(key, key)
            character = CHARACTERS.get(name, name if len(name) == 1 else None)
            event = events.Key(name, character)
            event.set_sender(self.app)
            self.app.post_message(event)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type a text, and Enter."""
        await self.press(*text, "enter")

    async def settle(self) -> None:
        """Wait until everything that was asked for is done and drawn.

        A key passes from the application to the screen; the screen may be laid out anew, and the
        panes draw themselves at their new sizes.
        """
        for _ in range(2):
            await self.pilot._wait_for_screen()
            await self.pilot._wait_for_screen()
            self.app.screen._on_timer_update()

    async def click(self, pane: str, target: object) -> None:
        """Press the mouse on something in a pane's picture."""
        widget = self.app.screen.query_one(f"#{pane}", Pane)
        area = widget.hits.where(target)
        assert area is not None, f"{target!r} is not in the pane {pane}"
        gutter = widget.gutter
        offset = (gutter.left + area.x, gutter.top + area.y)
        assert await self.pilot.click(widget, offset=offset), f"{target!r} is covered"
        await self.settle()

    async def resize(self, width: int, height: int) -> None:
        """Make the window another size."""
        await self.pilot.resize_terminal(width, height)
        await self.until(lambda: self.app.screen.size == Size(width, height))

    async def until(self, condition: Callable[[], Any], seconds: float = 10) -> None:
        """Wait until something is true."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"waited in vain; the screen:\n{self.text}"
            await asyncio.sleep(0.005)
        await self.settle()

    # -- eyes ------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The characters on the screen."""
        return screen_text(self.app)

    @property
    def lines(self) -> list[str]:
        """The same, line by line."""
        return self.text.splitlines()

    def pane(self, name: str) -> str:
        """The characters of one pane."""
        widget = self.app.screen.query_one(f"#{name}", Pane)
        return "\n".join(strip.text.rstrip() for strip in widget._lines)

    @property
    def question(self) -> str:
        """What stands before the answer that is being typed."""
        return str(self.screen.query_one("Prompt Static", Static).content)

    @property
    def message(self) -> str:
        """What stands in the line for messages."""
        return self.pane("note").strip()

    @property
    def words(self) -> str:
        """What is said, as one line."""
        return " ".join(self.pane("words").split())

    @property
    def toasts(self) -> str:
        """What the notifications on the screen say."""
        shown = self.app.screen.query(Toast)
        return " ".join(toast._notification.message for toast in shown if toast.region)

    # -- what is behind --------------------------------------------------------------------------

    @property
    def screen(self) -> LessonScreen:
        """The lesson's screen, whatever lies over it."""
        return next(s for s in self.app.screen_stack if isinstance(s, LessonScreen))

    @property
    def session(self) -> Session:
        """The lesson being studied."""
        return self.screen.session

    @property
    def bench(self) -> Workbench:
        """Its part."""
        return self.session.bench

    @property
    def desk(self) -> Desk:
        """The cursor."""
        return self.screen.desk

    @property
    def where(self) -> tuple[object, ...]:
        """Part, training step, position and question."""
        question = self.session.question
        return self.session.at, self.bench.place, question.id if question else None

    async def go_to(self, part: str, training_step: int = 0, position: int = 0) -> None:
        """To a place in the lesson, past the keys that lead there."""
        parts = [p.id for p in self.session.lesson.parts]
        self.session.go_to(parts.index(part), training_step, position)
        self.screen.moved()
        await self.settle()


@asynccontextmanager
async def learning(
    lesson: str | None = None,
    *,
    size: tuple[int, int] = SMALL,
    language: str | None = "en",
    **options: Any,
) -> AsyncIterator[Learner]:
    """The application, opened on its course map or in a lesson."""
    app = TuiExplain(AppOptions(lesson=lesson, language=language, **options))
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            learner = Learner(app, pilot)
            await pilot.pause()
            await learner.settle()
            yield learner
    finally:
        app.progress.close()

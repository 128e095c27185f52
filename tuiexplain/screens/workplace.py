"""A screen on which a learner works for long: it is sparing with what it sends, and can ask."""

from __future__ import annotations

from tuiexplain.screens.leading import Leading
from tuiexplain.screens.paned import Paned
from tuiexplain.terminal.sparing import SparingCompositor
from tuiexplain.widgets.pane import Pane
from tuiexplain.widgets.prompt import Done, Prompt


class Workplace(Leading, Paned[None]):
    """A lesson, or the playground."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = self._terminal = SparingCompositor()
        self._panes: list[Pane] = []
        self.prompt: Prompt | None = None

    def on_mount(self) -> None:
        """Know the panes, and when another program gives the terminal back."""
        self._panes = list(self.query(Pane))
        self.app.app_resume_signal.subscribe(self, lambda _: self.on_screen_resume())
        self.call_after_refresh(self._bring_prompt)

    def on_unmount(self) -> None:
        """Be forgotten: the application would hold on to whoever listens to it."""
        self.app.app_resume_signal.unsubscribe(self)

    async def _bring_prompt(self) -> None:
        """The prompt is not seen until it asks: it comes after the first picture."""
        prompt = Prompt(id="prompt")
        await self.mount(prompt, before="#keys")
        self.prompt = prompt

    def on_screen_resume(self) -> None:
        """Another screen, or another program, had the terminal: draw on it as if it were empty."""
        self._terminal.forget()
        self.refresh()

    def show(self) -> int:
        """Draw every pane again, where it is; return how many cells were sent."""
        with self.app.batch_update():
            return sum(pane.redraw() for pane in self._panes)

    def ask(self, question: str, done: Done, text: str = "") -> None:
        """Ask for a number or a word at the bottom of the screen."""
        if self.prompt is not None:
            self.prompt.ask(question, done, text)

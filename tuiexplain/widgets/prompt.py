"""A line that asks for a number or a word, in place of the message line."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from tuiexplain.views.text import clean

MOST = 12_000
"""Characters that an answer may have; no question asks for as many."""
LEAST_ANSWER = 16
"""Columns that an answer has beside its question."""

Done = Callable[[str], str | None]
"""Takes the answer; returns what is wrong with it, or ``None``."""


class Answer(Input):
    """One line: what is pasted loses its control characters, and what is beyond any use."""

    def replace(self, text: str, start: int, end: int) -> None:
        """Put ``text`` in the place of what stands from ``start`` to ``end``."""
        super().replace(clean(text[: max(0, MOST - len(self.value))]), start, end)

    def catch_up(self, event: events.Key) -> None:
        """A key that came in one go with the one that opened the line: it passed the line by."""
        if event.character is not None and self.check_consume_key(event.key, event.character):
            event.prevent_default()
            self.insert_text_at_cursor(event.character)


class Prompt(Horizontal):
    """Hidden until :meth:`ask` shows it. Enter hands the text on, Escape drops it.

    An answer that cannot be used stays there to be mended, with the reason before it. What is too
    long to stand before an answer stands above it, where the keys were: they are not heard now.
    """

    DEFAULT_CSS = """
    Prompt { display: none; height: 1; background: $background; }
    Prompt Static { width: auto; padding: 0 1; color: $accent; }
    Prompt Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    Prompt.-long { layout: vertical; height: auto; }
    Prompt.-long Static { width: 100%; height: auto; }
    Prompt.-long Input { margin: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._done: Done | None = None
        self._question = ""

    def compose(self) -> ComposeResult:
        """The question and the answer."""
        yield Static(markup=False)
        answer = Answer(compact=True, select_on_focus=False)
        answer.can_focus = False
        yield answer

    def ask(self, question: str, done: Done, text: str = "") -> None:
        """Ask; ``done`` gets the answer. ``text`` is what stands there already."""
        self._done = done
        self._say(question)
        answer = self.query_one(Input)
        answer.value = text
        answer.cursor_position = len(text)
        answer.can_focus = True
        self.screen.add_class("-asking")
        self.screen.set_focus(answer)  # at once: the next key is already the answer's

    def _say(self, question: str) -> None:
        self._question = question
        self.query_one(Static).update(question)
        self._fit()

    def _fit(self) -> None:
        long = cell_len(self._question) + 2 + LEAST_ANSWER > self.screen.size.width
        self.set_class(long, "-long")
        self.screen.set_class(long and self._done is not None, "-asking-long")

    def on_resize(self) -> None:
        """In another window the question may need another place."""
        self._fit()

    def close(self) -> None:
        """Hide, and give the keys back to the screen."""
        self._done = None
        self.screen.remove_class("-asking", "-asking-long")
        self.screen.set_focus(None)
        self.query_one(Input).can_focus = False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand the answer on; ask again where it cannot be used."""
        event.stop()
        done, text = self._done, event.value
        if done is None:
            return
        problem = done(text)
        if problem is None:
            if self._done is done:
                self.close()
        else:
            self._say(problem)

    def on_key(self, event: events.Key) -> None:
        """Escape leaves everything as it was."""
        if event.key == "escape":
            event.stop()
            self.close()

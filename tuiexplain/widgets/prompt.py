"""A line that asks for a number or a word, in place of the message line."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.widgets import Input


class Prompt(Input):
    """Hidden until :meth:`ask` shows it; Enter hands the text on, Escape drops it."""

    DEFAULT_CSS = """
    Prompt { display: none; height: 1; border: none; padding: 0 1; background: $background; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, compact=True)
        self.can_focus = False
        self._done: Callable[[str], None] | None = None

    def ask(self, question: str, done: Callable[[str], None], text: str = "") -> None:
        """Ask; ``done`` gets the answer."""
        self._done = done
        self.placeholder = question
        self.value = text
        self.can_focus = True
        self.screen.add_class("-asking")
        self.focus()

    def close(self) -> None:
        """Hide, and give the keys back to the screen."""
        self._done = None
        self.screen.remove_class("-asking")
        self.screen.set_focus(None)
        self.can_focus = False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand the answer on."""
        event.stop()
        done, text = self._done, self.value
        self.close()
        if done is not None:
            done(text)

    def on_key(self, event: events.Key) -> None:
        """Escape leaves everything as it was."""
        if event.key == "escape":
            event.stop()
            self.close()

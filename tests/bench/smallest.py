"""The smallest Textual application that repaints a widget of 40x10 on a key."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Smallest(App[None]):
    CSS = "Static { width: 40; height: 10; }"
    digit = 0

    def compose(self) -> ComposeResult:
        yield Static("0" * 400)

    def key_n(self) -> None:
        self.digit = (self.digit + 1) % 10
        self.query_one(Static).update(str(self.digit) * 400)


if __name__ == "__main__":
    Smallest().run()

"""The smallest Textual application that repaints one widget of 40x10 on a key."""

from __future__ import annotations

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widget import Widget


class Digits(Widget):
    DEFAULT_CSS = "Digits { width: 40; height: 10; }"
    digit = 0

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(str(self.digit) * 40, self.rich_style)], 40)


class Smallest(App[None]):
    def compose(self) -> ComposeResult:
        yield Digits()

    def key_n(self) -> None:
        digits = self.query_one(Digits)
        digits.digit = (digits.digit + 1) % 10
        digits.refresh()


if __name__ == "__main__":
    Smallest().run()

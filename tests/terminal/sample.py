"""A small application under the guard, run in a pseudo-terminal by the tests.

    python -m tests.terminal.sample FOLDER [none|16|256|true] [ascii] [keep-hup]

It writes `saved` into FOLDER when its progress is saved.
"""

import signal
import sys
import time
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Button, Footer, Header, OptionList, ProgressBar, Static

from tuiexplain.terminal.colour import WORDS
from tuiexplain.terminal.guard import TerminalGuard, run_guarded
from tuiexplain.terminal.locale import Glyphs
from tuiexplain.terminal.look import apply_colour, apply_glyphs


class Bomb(Static):
    """A widget that fails when it is drawn again."""

    armed = False

    def render(self) -> str:
        if self.armed:
            raise ZeroDivisionError("a widget's own")
        return "[red on blue]ready[/] ∂L/∂η ▁▃▅ 梯度 ────"


class Sample(TerminalGuard):
    BINDINGS: ClassVar = [
        ("b", "bomb", "Bomb"),
        ("h", "hang", "Hang"),
        ("q", "quit", "Quit"),
        ("s", "fail_to_save", "Fail"),
    ]

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.cannot_save = False

    def compose(self) -> ComposeResult:
        yield Header()
        yield Bomb()
        yield OptionList("one", "two", "three")
        yield Button("press", variant="error")
        yield ProgressBar(total=10)
        yield Footer()

    def save_progress(self) -> None:
        if self.cannot_save:
            raise OSError("the disk is on fire")
        with (self.folder / "saved").open("a") as file:
            file.write("saved\n")

    def action_bomb(self) -> None:
        bomb = self.query_one(Bomb)
        bomb.armed = True
        bomb.refresh()

    def action_hang(self) -> None:
        (self.folder / "hanging").touch()
        time.sleep(60)

    def action_fail_to_save(self) -> None:
        self.cannot_save = True


def main() -> int:
    folder, *words = sys.argv[1:]
    if "keep-hup" in words:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    app = Sample(Path(folder))
    for word in words:
        if word in WORDS:
            apply_colour(app, WORDS[word])
    if "ascii" in words:
        apply_glyphs(app, Glyphs.ASCII)
    return run_guarded(app, reports=Path(folder))


if __name__ == "__main__":
    sys.exit(main())

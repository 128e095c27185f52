"""The teacher's second terminal: notes on the place where the lesson on the first one is."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip

from tuiexplain.course.config import Config
from tuiexplain.course.languages import LANGUAGES, tr
from tuiexplain.course.places import state_folder
from tuiexplain.screens.teaching import Notes
from tuiexplain.screens.themes import DEFAULT, THEMES, look_of
from tuiexplain.terminal.colour import WORDS, detect_colour
from tuiexplain.terminal.guard import TerminalGuard, run_guarded
from tuiexplain.terminal.locale import detect_glyphs
from tuiexplain.terminal.look import apply_colour, apply_glyphs
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Line, Picture, blank
from tuiexplain.views.prose import fitted, page, prose
from tuiexplain.widgets.pane import Pane

LIMIT = 1 << 20
"""Bytes of one page of notes, at most."""


class Follow(TerminalGuard):
    """Shows each page of notes as it comes; ends when the lesson does."""

    TITLE = "tuiexplain follow"
    CSS = "Screen { background: $background; color: $foreground; } Pane { padding: 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("q,escape,ctrl+c", "quit"),
        ("down,n,pagedown,space", "scroll_by(1)"),
        ("up,p,pageup", "scroll_by(-1)"),
        ("L", "language"),
    ]

    def __init__(self, connection: socket.socket, language: str, config: Config) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = config.theme if config.theme in self.available_themes else DEFAULT
        colour = detect_colour(os.environ) if config.colour is None else WORDS[config.colour]
        apply_colour(self, colour)
        apply_glyphs(self, detect_glyphs(os.environ))
        self.language = language
        self.notes: Notes | None = None
        self.ended = False
        self.top = 0
        self._connection = connection
        self._writer: asyncio.StreamWriter | None = None

    @property
    def look(self) -> Look:
        """Colours and characters for the views."""
        return look_of(self.current_theme, self.colour, self.glyphs)

    def compose(self) -> ComposeResult:
        yield Pane(self._page)

    def on_mount(self) -> None:
        """Begin to listen."""
        self.run_worker(self._listen(), group="listening")

    async def _listen(self) -> None:
        reader, self._writer = await asyncio.open_unix_connection(
            sock=self._connection, limit=LIMIT
        )
        self._ask()
        while line := await reader.readline():
            self.notes, self.top = notes_in(line), 0
            self.show()
        self.ended = True
        self.show()

    def _ask(self) -> None:
        """Say in which language the notes shall come."""
        if self._writer is not None:
            self._writer.write(f"{self.language}\n".encode())

    def action_language(self) -> None:
        """The next language."""
        known = list(LANGUAGES)
        self.language = known[(known.index(self.language) + 1) % len(known)]
        self._ask()

    def action_scroll_by(self, direction: int) -> None:
        """Half a page."""
        self.top += direction * max(1, self.query_one(Pane).content_size.height // 2)
        self.show()

    def show(self) -> None:
        """Draw again."""
        self.query_one(Pane).redraw()

    def _page(self, width: int, height: int) -> Picture:
        def written(wide: int) -> Picture:
            return notes_page(self.notes, wide, self.look, self.language, ended=self.ended)

        whole = fitted(written, width, height)
        self.top = max(0, min(self.top, len(whole.strips) - height))
        return page(whole, self.top, width, height, self.look)


def notes_in(line: bytes) -> Notes:
    """A page of notes from what came over the socket."""
    content = json.loads(line)
    sections = tuple((heading, text) for heading, text in content["sections"])
    return Notes(content["title"], content["where"], sections)


def notes_page(
    notes: Notes | None, width: int, look: Look, language: str, *, ended: bool
) -> Picture:
    """The whole page at a width."""
    strips: list[Strip] = []
    if ended:
        strips += [*prose(tr("follow.ended", language), width, look, style=look.cause).strips]
        strips.append(blank(width))
    if notes is None:
        strips += prose(tr("follow.waiting", language), width, look, style=look.muted).strips
        return Picture(strips)
    strips.append(Line(width).add(look.write(notes.title), look.title, "…").strip())
    strips.append(Line(width).add(look.write(notes.where), look.muted, "…").strip())
    for heading, text in notes.sections:
        strips.append(blank(width))
        strips.append(Line(width).add(look.write(heading), look.strong, "…").strip())
        strips += prose(text, width, look).strips
    return Picture(strips)


def run_follow(connection: socket.socket, language: str, config: Config) -> int:
    """Run the second terminal and return its exit code."""
    return run_guarded(Follow(connection, language, config), reports=state_folder() / "faults")

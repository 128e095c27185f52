"""The help page: every key, and what the signs mean; made from the registry of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.strip import Strip

from tuiexplain.commands import COMMANDS, Command, Place, works
from tuiexplain.commands.registry import Group
from tuiexplain.course.languages import tr
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Line, Picture, area_hits
from tuiexplain.views.prose import fitted, page, prose
from tuiexplain.widgets.pane import Pane

if TYPE_CHECKING:
    from tuiexplain.screens.app import TuiExplain

KEYS = 9
"""Columns for the keys."""

SIGNS = ("cursor", "cause", "changed", "unknown", "heat", "phases")


class Help(ModalScreen[None]):
    """Scrolls with the arrows; any of q, ? and Escape closes it."""

    app: TuiExplain
    DEFAULT_CSS = """
    Help Pane { width: 76; height: 90%; border: round $primary; padding: 0 1; }
    Help Pane { background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,question_mark,q,enter", "dismiss"),
        ("down,n,pagedown,space", "scroll_by(1)"),
        ("up,p,pageup", "scroll_by(-1)"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.top = 0

    def compose(self) -> ComposeResult:
        yield Pane(self._page)

    def show(self) -> None:
        """Draw again."""
        self.query_one(Pane).redraw()

    def action_scroll_by(self, direction: int) -> None:
        """Half a page."""
        self.top += direction * max(1, self.query_one(Pane).content_size.height // 2)
        self.show()

    async def on_pane_hit(self, hit: Pane.Hit) -> None:
        """Do what a line tells, where that works."""
        match hit.target:
            case ("command", str(name)) if name != "help":
                below = self.app.screen_stack[-2]
                there = hasattr(below, f"action_{name}") or hasattr(self.app, f"action_{name}")
                if there and not next(c for c in COMMANDS if c.name == name).takes_key:
                    self.dismiss()
                    self.app.call_later(self.app.run_command, name)

    def _page(self, width: int, height: int) -> Picture:
        below = self.app.screen_stack[-2]
        place = getattr(below, "PLACE", Place.LESSON)
        look, language = self.app.look, self.app.language
        whole = fitted(lambda wide: help_page(wide, look, language, place), width, height)
        self.top = max(0, min(self.top, len(whole.strips) - height))
        return page(whole, self.top, width, height, look)


def help_page(width: int, look: Look, language: str, place: Place | None = None) -> Picture:
    """The whole page at a width: the playground's keys, those of all other places, or every key.

    Hits: ``("command", name)``.
    """
    strips: list[Strip] = []
    areas: list[tuple[object, Area]] = []
    for group in Group:
        strips.append(Line(width).add(tr(f"group.{group}", language), look.title).strip())
        for command in COMMANDS:
            if command.group is not group or not _shown(command, place):
                continue
            text = tr(f"command_help.{command.name}", language)
            if command.place is Place.PLAY and place is None:
                text = f"{tr('screen.when_playing', language)} {text}"
            if command.place is Place.PRACTICE:
                text = f"{tr('screen.when_practising', language)} {text}"
            if command.place is Place.CHAT:
                text = f"{tr('screen.when_talking', language)} {text}"
            row = _row(command.shown, text, width, look)
            areas.append((("command", command.name), Area(0, len(strips), width, len(row))))
            strips.extend(row)
        strips.append(Line(width).strip())
    strips.append(Line(width).add(tr("signs.title", language), look.title).strip())
    glyphs = look.glyphs
    shown = {
        "cursor": "+0.1",
        "cause": glyphs.cause,
        "changed": glyphs.changed,
        "unknown": glyphs.unknown,
        "heat": "- 0 +",
        "phases": glyphs.done + glyphs.current + glyphs.pending,
    }
    for sign in SIGNS:
        strips.extend(_row(shown[sign], tr(f"signs.{sign}", language), width, look))
    return Picture(strips, area_hits(areas))


def _shown(command: Command, place: Place | None) -> bool:
    """Whether a command stands on the page that is opened at ``place``."""
    if place is Place.PLAY:
        return works(command, Place.PLAY)
    return place is None or command.place is not Place.PLAY


def _row(key: str, text: str, width: int, look: Look) -> list[Strip]:
    lines = []
    for i, strip in enumerate(prose(text, width - KEYS, look).strips):
        line = Line(width)
        if i == 0:
            line.space(1).add(look.write(key), look.strong)
        lines.append(line.to(KEYS).extend(strip).strip())
    return lines

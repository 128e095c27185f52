"""A list that is searched by typing and entered by Enter: outline, glossary, bookmarks, resets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tuiexplain.course.languages import tr
from tuiexplain.views.picture import Picture
from tuiexplain.views.prose import prose
from tuiexplain.views.text import clean
from tuiexplain.widgets.pane import Pane

if TYPE_CHECKING:
    from tuiexplain.screens.app import TuiExplain


class Entry(NamedTuple):
    """A line of the list. ``names`` is what else it is found by, ``more`` what is told of it."""

    text: str
    target: Any
    names: str = ""
    more: str = ""
    only_searched: bool = False
    """Whether it is listed only when something is searched for."""


class Finder(ModalScreen[Any]):
    """Choose one of the entries; ``None`` if the learner changed their mind.

    What is told of the chosen entry stands below the list, where entries have something to tell.
    """

    app: TuiExplain
    DEFAULT_CSS = """
    Finder .sheet { height: 90%; }
    Finder Input { border: none; height: 1; padding: 0; background: $background; }
    Finder OptionList, Finder OptionList:focus {
        border: none; height: 1fr; background: $background; padding: 0;
    }
    Finder Pane { height: 6; margin-top: 1; display: none; }
    Finder.-telling Pane { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)"),
        ("down", "choose(1)"),
        ("up", "choose(-1)"),
        ("pagedown", "choose(10)"),
        ("pageup", "choose(-10)"),
    ]

    TITLE_KEY: ClassVar[str] = "screen.go_to_title"
    HINT_KEY: ClassVar[str] = "screen.go_to_hint"
    EMPTY_KEY: ClassVar[str] = "screen.nothing_found"

    def __init__(self) -> None:
        super().__init__()
        self.heading = self.TITLE_KEY
        self.found: list[Entry] = []
        self.listed: Sequence[Entry] = ()

    def entries(self) -> Sequence[Entry]:
        """What can be chosen."""
        raise NotImplementedError

    def first(self, found: Sequence[Entry]) -> int:
        """Which entry is chosen when the list opens."""
        return 0

    def compose(self) -> ComposeResult:
        """The search line, the list, and what is told of the chosen entry."""
        with Vertical(classes="sheet"):
            yield Input(placeholder=tr(self.HINT_KEY, self.app.language), compact=True)
            yield OptionList()
            yield Pane(self._more)

    def on_mount(self) -> None:
        """List everything."""
        self.query_one(".sheet").border_title = tr(self.heading, self.app.language)
        self.reload()
        if self.found:
            self.query_one(OptionList).highlighted = self.first(self.found)
        self.query_one(Input).focus()

    def reload(self) -> None:
        """List everything anew, the choice kept where it was."""
        chosen = self.query_one(OptionList).highlighted
        self.listed = self.entries()
        self.set_class(self.telling(), "-telling")
        self._list(self.query_one(Input).value)
        if self.found and chosen is not None:
            self.query_one(OptionList).highlighted = min(chosen, len(self.found) - 1)

    def telling(self) -> bool:
        """Whether there is something to tell of the entries."""
        return any(entry.more for entry in self.listed)

    def show(self) -> None:
        """Draw again."""
        self.reload()

    @property
    def chosen(self) -> Entry | None:
        """The entry that Enter would take."""
        at = self.query_one(OptionList).highlighted
        return self.found[at] if at is not None and at < len(self.found) else None

    def _list(self, wanted: str) -> None:
        words = wanted.lower().split()
        self.found = [
            e
            for e in self.listed
            if all(w in e.text.lower() or w in e.names for w in words)
            and (words or not e.only_searched)
        ]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(_plain(e.text)) for e in self.found])
        if not self.found:
            key = self.EMPTY_KEY if not words else "screen.nothing_found"
            options.add_option(Option(_plain(tr(key, self.app.language)), disabled=True))
        options.highlighted = 0 if self.found else None
        self.query_one(Pane).redraw()

    def _more(self, width: int, height: int) -> Picture:
        chosen = self.chosen
        told = chosen.more.split("\n\n") if chosen else []
        picture = prose("\n\n".join(map(clean, told)), width, self.app.look)
        return Picture(picture.strips[:height])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search."""
        self._list(event.value)

    def on_option_list_option_highlighted(self) -> None:
        """Tell of another entry."""
        self.query_one(Pane).redraw()

    def action_choose(self, count: int) -> None:
        """Move the choice while the keys go to the search line."""
        options = self.query_one(OptionList)
        if abs(count) == 1:
            (options.action_cursor_down if count > 0 else options.action_cursor_up)()
        elif self.found:
            options.highlighted = min(
                max((options.highlighted or 0) + count, 0), len(self.found) - 1
            )

    def on_input_submitted(self) -> None:
        """Take the chosen entry."""
        chosen = self.chosen
        self.dismiss(None if chosen is None else chosen.target)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take an entry that was pressed."""
        self.dismiss(self.found[event.option_index].target)


def _plain(text: str) -> Text:
    return Text(clean(text), no_wrap=True, overflow="ellipsis")

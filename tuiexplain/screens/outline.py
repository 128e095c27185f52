"""The outline of a lesson: every part, step and operation, searched by typing, entered by Enter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tuiexplain.course.languages import tr
from tuiexplain.course.session import Session
from tuiexplain.views.text import clean

if TYPE_CHECKING:
    from tuiexplain.screens.app import TuiExplain

Target = tuple[int, int, int]
"""Part, training step, position."""


@dataclass(frozen=True)
class Entry:
    """A place in the lesson, by what is said or computed there."""

    text: str
    target: Target


class Outline(ModalScreen[Target | None]):
    """Choose a place; ``None`` if the learner changed their mind."""

    app: TuiExplain
    DEFAULT_CSS = """
    Outline .sheet { height: 90%; }
    Outline Input { border: none; height: 1; padding: 0; background: $background; }
    Outline OptionList, Outline OptionList:focus {
        border: none; height: 1fr; background: $background; padding: 0;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)"),
        ("down", "choose(1)"),
        ("up", "choose(-1)"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.found: list[Entry] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Input(placeholder=tr("screen.go_to_hint", self.app.language), compact=True)
            yield OptionList()

    def on_mount(self) -> None:
        """List everything, the current place chosen."""
        self.query_one(".sheet").border_title = tr("screen.go_to_title", self.app.language)
        self.entries = outline(self.session, self.app.language)
        self._list("")
        bench = self.session.bench
        here = (self.session.at, bench.training_step, bench.player.position)
        before = [i for i, entry in enumerate(self.found) if entry.target <= here]
        self.query_one(OptionList).highlighted = before[-1] if before else 0
        self.query_one(Input).focus()

    def _list(self, wanted: str) -> None:
        words = wanted.lower().split()
        self.found = [e for e in self.entries if all(w in e.text.lower() for w in words)]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(_plain(e.text)) for e in self.found])
        if not self.found:
            nothing = tr("screen.nothing_found", self.app.language)
            options.add_option(Option(_plain(nothing), disabled=True))
        options.highlighted = 0 if self.found else None

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search."""
        self._list(event.value)

    def action_choose(self, direction: int) -> None:
        """Move the choice while the keys go to the search line."""
        options = self.query_one(OptionList)
        (options.action_cursor_down if direction > 0 else options.action_cursor_up)()

    def on_input_submitted(self) -> None:
        """Go to the chosen place."""
        chosen = self.query_one(OptionList).highlighted
        self.dismiss(None if chosen is None else self.found[chosen].target)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to a place that was pressed."""
        self.dismiss(self.found[event.option_index].target)


def _plain(text: str) -> Text:
    return Text(clean(text))


def outline(session: Session, language: str) -> list[Entry]:
    """Every part with its steps and operations, and every training step that was taken."""
    entries = []
    lesson = session.lesson
    for at, part in enumerate(lesson.parts):
        title = lesson.block(part.id, language).title
        entries.append(Entry(f"{at + 1}  {title}", (at, 0, 0)))
        bench = session.bench_of(at)
        for training_step in range(part.spec.train_steps):
            trace = bench.run.trace_at(training_step)
            titles = {
                place.position: lesson.block(step.id, language).title
                for step, place in bench.walk.beginnings
                if place is not None and place.training_step == training_step
            }
            for event in trace.events:
                title = titles.get(event.index + 1, "")
                where = f"{at + 1}.{training_step}" if bench.learns else f"{at + 1}"
                text = f"  {where:>4} {event.index + 1:>3}  {trace.formula(event)}"
                if title:
                    text += f"   {title}"
                entries.append(Entry(text, (at, training_step, event.index + 1)))
        taken = bench.run.length
        for training_step in _spread(part.spec.train_steps, taken):
            label = tr("screen.training_step", language, step=training_step)
            entries.append(Entry(f"  {label}", (at, training_step, 0)))
    return entries


def _spread(first: int, end: int) -> list[int]:
    """A few round training steps of a run, and its last."""
    found = [k * 10**p for p in range(1, 7) for k in (1, 2, 5) if first <= k * 10**p < end]
    return [*found, end - 1] if end > first and end - 1 not in found else found

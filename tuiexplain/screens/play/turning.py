"""Dials, and single weights set by hand."""

from __future__ import annotations

from collections.abc import Callable

from tuiexplain.course.bench import Refused
from tuiexplain.course.languages import tr
from tuiexplain.course.schema import Setting
from tuiexplain.play.changes import Change
from tuiexplain.play.errors import PlayError
from tuiexplain.play.wording import choice, dial_name, notes_told, sentence
from tuiexplain.screens.lesson.dialling import number_typed, reset, turned, typed
from tuiexplain.screens.play.building import Building
from tuiexplain.screens.play.dials import Turn, turned_to
from tuiexplain.screens.play.standing import Cell, Focus, Side
from tuiexplain.trace.numbers import format_number


class Turning(Building):
    """The commands that set something."""

    def action_dials(self) -> None:
        if self.turning is not None:
            self.leave_dials()
            return
        self.turning = 0
        self.standing.side = Side.DIALS
        self.hush()
        self.lay_out()
        self.show()

    def leave_dials(self) -> None:
        """Back to what stood there before."""
        self.turning = None
        self.standing.side = Side.OUTPUT
        self.hush()
        self.lay_out()
        self.show()

    @property
    def turn(self) -> Turn | None:
        """The dial that is turned."""
        found = self.turns
        return None if self.turning is None else found[min(self.turning, len(found) - 1)]

    def move_dial(self, down: int, across: int) -> None:
        """Choose another dial, or turn the chosen one by a notch."""
        assert self.turning is not None
        self.turning = (self.turning + down) % len(self.turns)
        if across:
            turn = self.turns[self.turning]
            self.set_dial(turn, turned(turn.dial, turn.setting, across))
        else:
            self.hush()
            self.show()

    def set_dial(self, turn: Turn, setting: Setting) -> bool:
        """Set a dial; the run goes on with it."""
        if setting != turn.setting:
            try:
                design = turned_to(self.standing, turn, setting)
            except PlayError as error:
                self.refused(error)
                return False
            if not self.rebuilt(design):
                return False
        names = [(t.dial.id, t.group) for t in self.turns]
        if self.turning is not None and (turn.dial.id, turn.group) in names:
            self.turning = names.index((turn.dial.id, turn.group))
        shown = choice(setting, self.language) if isinstance(setting, str) else None
        self.message = f"{dial_name(turn.dial.id, self.language)} = " + (
            shown if shown is not None else format_number(float(setting))
        )
        if turn.dial.id == "data":
            self.message = notes_told(self.play.dataset.notes, self.language) or self.message
        self.show()
        return True

    def action_reset_dial(self) -> None:
        """The dial as a new playground has it."""
        if (turn := self.turn) is not None:
            self.set_dial(turn, reset(turn.dial))

    def type_setting(self, turn: Turn) -> None:
        """Ask for the setting of a dial."""
        dial = turn.dial
        names = {c: choice(c, self.language) for c in dial.choices}

        def take(text: str) -> str | None:
            try:
                setting = text.strip() if dial.id == "data" else typed(dial, text, names)[0]
            except Refused as refusal:
                return tr(f"screen.{refusal.key}", self.language, **refusal.fields)
            return None if self.set_dial(turn, setting) else self.message

        now = str(turn.setting)
        self.ask(self.dial_question(turn), take, names.get(now, now))

    def dial_question(self, turn: Turn) -> str:
        """The dial's name, and what may be typed."""
        dial, name = turn.dial, dial_name(turn.dial.id, self.language)
        if dial.id == "data":
            return tr("play.type_data", self.language, dial=name)
        if dial.choices:
            return name
        low, high = f"{dial.minimum:,g}", f"{dial.maximum:,g}"
        return tr("play.type_number", self.language, dial=name, low=low, high=high)

    def action_edit(self) -> None:
        """Type what the dial, the weight or the step under the cursor is to be."""
        if (turn := self.turn) is not None:
            self.type_setting(turn)
            return
        if self.standing.focus is Focus.RUN:
            self.action_to_step()
            return
        cell = self.standing.selected
        if cell is None:
            self.tell("no_weight_here")
            return

        def set_number(number: float) -> str | None:
            change = Change(self.play.at, numbers={str(cell): number})
            try:
                self.play.fork(self.play.at, change, beside=False)
            except PlayError as error:
                return sentence(error, self.language)
            self.watched.cut(self.play.at)
            self.tell("edited", cell=cell, number=format_number(number))
            return None

        self.ask_number(cell, set_number)

    def ask_number(self, cell: Cell, done: Callable[[float], str | None]) -> None:
        """Ask what a weight is to be at the step that is shown."""
        now = float(self.play.numbers(self.play.at)[cell.name][cell.at])
        number = format_number(now)

        def take(text: str) -> str | None:
            try:
                return done(number_typed(text))
            except Refused as refusal:
                return tr(f"screen.{refusal.key}", self.language, **refusal.fields)

        self.ask(tr("screen.edit_title", self.language, cell=cell, number=number), take)

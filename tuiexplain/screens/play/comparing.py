"""Side by side: a fork with one thing changed, and races from the same start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tuiexplain.course.bench import Refused
from tuiexplain.course.languages import tr
from tuiexplain.course.schema import Setting
from tuiexplain.play.changes import Change
from tuiexplain.play.compare import Place, first_difference
from tuiexplain.play.design import Design, Spot, differences
from tuiexplain.play.errors import PlayError
from tuiexplain.play.play import MOST_LANES, OTHER_DATA
from tuiexplain.play.wording import choice, dial_name, sentence
from tuiexplain.screens.lesson.dialling import typed
from tuiexplain.screens.play.choices import Choices
from tuiexplain.screens.play.curves import Lane
from tuiexplain.screens.play.dials import SWITCH, Turn, around, turned_to
from tuiexplain.screens.play.network import feature
from tuiexplain.screens.play.standing import Cell
from tuiexplain.screens.play.turning import Turning
from tuiexplain.trace import cells
from tuiexplain.trace.numbers import format_number


class Comparing(Turning):
    """The commands that put runs beside one another."""

    # -- fork ------------------------------------------------------------------------------------

    def action_fork(self) -> None:
        """Choose what is to be different from the step that is shown on."""
        self.pause()
        offered: list[tuple[str, Any]] = []
        cell = self.standing.selected
        if cell is not None:
            offered.append((tr("play.fork_weight", self.language, cell=cell), cell))
        if (example := self.standing.example) is not None:
            offered.append((tr("play.fork_example", self.language, example=example), example))
        dials = [(self._dial_now(t), t) for t in self._comparable()]
        offered = [*dials, *offered] if self.turning is not None else [*offered, *dials]
        self.app.push_screen(Choices("play.fork_title", offered), self._fork_with)

    def _comparable(self) -> list[Turn]:
        """The dials that leave the data as they are, the one that is turned first."""
        dials = [t for t in self.turns if t.dial.id not in OTHER_DATA]
        return sorted(dials, key=lambda t: t != self.turn)

    def _dial_now(self, turn: Turn) -> str:
        return f"{dial_name(turn.dial.id, self.language)} = {self._said(turn.setting)}"

    def _said(self, setting: Setting) -> str:
        if isinstance(setting, bool):
            setting = SWITCH[setting]
        if isinstance(setting, str):
            return choice(setting, self.language)
        return format_number(float(setting))

    def _fork_with(self, what: Any) -> None:
        """Ask what it shall be, then fork."""
        at = self.play.at
        if isinstance(what, Turn):
            self._ask_dial(what)
        elif isinstance(what, Cell):
            self.ask_number(what, lambda n: self._fork(Change(at, numbers={str(what): n})))
        elif what is not None:
            out = tuple(sorted({*self.play.design.left_out, int(what)}))
            told = self._fork(Change(at, dials={"left_out": out}))
            if told is not None:
                self.message = told
                self.show()

    def _ask_dial(self, turn: Turn) -> None:
        """Ask for a number, or offer what else the dial may be set to."""
        name = dial_name(turn.dial.id, self.language)
        if turn.dial.choices:
            others = [c for c in turn.dial.choices if c != turn.setting]
            offered = [(f"{name} = {choice(c, self.language)}", c) for c in others]

            def chosen(setting: Any) -> None:
                if setting is not None and (told := self._fork_dial(turn, setting)) is not None:
                    self.message = told
                    self.show()

            self.app.push_screen(Choices("play.fork_title", offered), chosen)
            return

        def take(text: str) -> str | None:
            try:
                setting = typed(turn.dial, text)[0]
            except Refused as refusal:
                return tr(f"screen.{refusal.key}", self.language, **refusal.fields)
            return self._fork_dial(turn, setting)

        self.ask(self.dial_question(turn), take, str(turn.setting))

    def _fork_dial(self, turn: Turn, setting: Setting) -> str | None:
        """Fork with a dial set; what is wrong, if it cannot be."""
        try:
            design = turned_to(self.standing, turn, setting)
        except PlayError as error:
            return sentence(error, self.language)
        changed = {
            name: getattr(design, name)
            for name in ("layers", turn.dial.id)
            if getattr(design, name, None) != getattr(self.play.design, name, None)
        }
        return self._fork(Change(self.play.at, dials=changed))

    def _fork(self, change: Change) -> str | None:
        """Fork; what is wrong, if it cannot be."""
        if not change.dials and not change.numbers:
            return tr("play.same_again", self.language)
        try:
            self.play.fork(change.step, change)
        except PlayError as error:
            return sentence(error, self.language)
        self.watched.cut(change.step + 1)
        self.standing.settle()
        self.tell("forked", step=f"{change.step:,}")
        return None

    def action_undo(self) -> None:
        """Take the last thing back that was done to the run, and say how it stands now."""
        self.pause()
        before = self.play.design
        if not self.play.undo():
            self.tell("nothing_to_undo")
            return
        self.watched.clear()
        self.standing.settle()
        comma = tr("narrate.comma", self.language)
        now = [tr("play.step", self.language, step=f"{self.play.length:,}")]
        now += [self._now(spot) for spot in differences(self.play.design, before)]
        self.say("undone", now=comma.join(now))
        self.lay_out()
        self.show()

    def _now(self, spot: Spot) -> str:
        """What is set there in the design."""
        setting = spot.of(self.play.design)
        match spot.dial:
            case "layers":
                said = "-".join(map(str, self.play.shape.widths))
            case "features" | "left_out" if setting:
                said = " ".join(feature(str(each)) for each in setting)
            case "left_out":
                said = self._said("none")
            case _:
                said = self._said(setting)
        name = dial_name(spot.dial, self.language)
        if spot.layer is not None:
            name = tr("play.group_layer", self.language, layer=spot.layer + 1) + f": {name}"
        return f"{name} = {said}"

    # -- race ------------------------------------------------------------------------------------

    def action_race(self) -> None:
        """Choose what the runs of a race shall differ in."""
        self.pause()
        optimizers = tr("play.race_optimizers", self.language)
        offered: list[tuple[str, Any]] = [(optimizers, "optimizer")]
        for turn in self._comparable():
            if turn.dial.id != "optimizer":
                name = dial_name(turn.dial.id, self.language)
                offered.append((tr("play.race_dial", self.language, dial=name), turn))
        self.app.push_screen(Choices("play.race_title", offered), self._race_of)

    def _race_of(self, what: Any) -> None:
        if what is None:
            return
        turn = what
        if what == "optimizer":
            turn = next(t for t in self.turns if t.dial.id == "optimizer")
        try:
            designs = tuple(self._contenders(turn))
            self.play.race(designs)
        except PlayError as error:
            self.refused(error)
            return
        self.watched.clear()
        self.standing.settle()
        self.tell("race", count=len(designs) + 1)

    def _contenders(self, turn: Turn) -> Iterator[Design]:
        """The design with other settings of one dial: those nearest to its own."""
        for setting in around(turn, MOST_LANES):
            if setting != turn.setting:
                yield turned_to(self.standing, turn, setting)

    def action_alone(self) -> None:
        """Leave the runs beside this one."""
        if not self.play.rivals:
            self.tell("no_rivals")
            return
        self.play.alone()
        self.tell("alone")

    # -- what is told of them --------------------------------------------------------------------

    @property
    def lanes(self) -> list[Lane]:
        """The runs beside this one."""
        return [
            Lane(
                self._lane_name(rival.design, rival.change is not None),
                np.array(rival.run.losses),
                rival.run.program.steps_per_epoch,
            )
            for rival in self.play.rivals
        ]

    @property
    def own_name(self) -> str:
        """What this run is called among others."""
        if not self.play.rivals:
            return ""
        if self.play.rivals[0].change is not None:
            return tr("play.changed", self.language)
        return self._lane_name(self.play.design, False)

    def _lane_name(self, design: Design, before: bool) -> str:
        if before:
            return tr("play.as_it_was", self.language)
        raced = differences(self.play.design, self.play.rivals[0].design)
        return " ".join(self._said(spot.of(design)) for spot in raced)

    def action_difference(self) -> None:
        """Go to where this run and the one as it was first differ, and tell the number."""
        self.pause()
        if not self.play.rivals:
            self.tell("no_rivals")
            return
        place = first_difference(self.play.run, self.play.rivals[0].run)
        if place is None:
            self.tell("no_difference")
            return
        self.play.go_to(place.step)
        self.standing.settle()
        self.message = self._told_difference(place)
        self.show()

    def _told_difference(self, place: Place) -> str:
        name = place.name if place.cell is None else cells.write(place.name, place.cell)
        numbers = ("–", "–") if place.numbers is None else tuple(map(format_number, place.numbers))
        event = place.event
        return tr(
            "play.difference" if event is not None else "play.difference_at_start",
            self.language,
            step=f"{place.step:,}",
            event=0 if event is None else event.index + 1,
            op="" if event is None else event.op,
            cell=name,
            one=numbers[0],
            other=numbers[1],
        )

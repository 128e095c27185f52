"""What if: edits, dials, forks, seeds; and training before the learner's eyes."""

from __future__ import annotations

import math
from typing import Any

from tuiexplain.course.bench import Refused
from tuiexplain.course.dial_words import choice_texts, dial_text, setting_text
from tuiexplain.course.errors import CourseError
from tuiexplain.course.languages import tr
from tuiexplain.course.own_text import LONGEST_WORD
from tuiexplain.course.schema import Dial
from tuiexplain.screens.lesson.desk import Side
from tuiexplain.screens.lesson.dialling import number_typed, turned, typed
from tuiexplain.screens.lesson.taking_back import TakingBack
from tuiexplain.screens.lesson.training import train
from tuiexplain.trace import cells
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.numbers import format_number
from tuiexplain.trace.value import Value


class Changing(TakingBack):
    """The commands that change numbers."""

    # -- what if ---------------------------------------------------------------------------------

    def _fixed(self) -> bool:
        """Whether nothing can be changed here; then it is said."""
        if self.session.bench.changeable:
            return False
        self.refused(Refused("lab_fixed"))
        return True

    def action_edit(self) -> None:
        desk = self.desk
        if self._fixed():
            return
        if self.turning is not None:
            self._type_setting(self.session.bench.part.dials[self.turning])
            return
        if not desk.exists:
            self.say("not_yet")
            self.show()
            return
        value, cell = desk.selected, desk.cell
        now = desk.trace.cell(value, cell)
        address = cells.write(desk.trace.symbol(value), cell)
        number = format_number(now)
        question = tr("screen.edit_title", self.language, cell=address, number=number)

        def set_number(text: str) -> str | None:
            try:
                self._set_cell(value, cell, number_typed(text))
            except Refused as refusal:
                return tr(f"screen.{refusal.key}", self.language, **refusal.fields)
            return None

        self.ask(question, set_number)

    def _set_cell(self, value: Value, cell: Cell, number: float) -> None:
        self.session.bench.edit(value, cell, number)
        address = cells.write(self.desk.trace.symbol(value), cell)
        mark = self.look.glyphs.changed
        self.desk.stay_inside()
        self.say("edited", cell=address, number=format_number(number), mark=mark)
        self.changed()

    def action_undo(self) -> None:
        undone = self.session.bench.undo() or self.take_back()
        self.desk.stay_inside()
        self.say("undone" if undone else "nothing_to_undo")
        self.changed()

    def action_dials(self) -> None:
        if self._fixed():
            return
        if not self.session.bench.part.dials:
            self.say("no_dials")
            self.show()
            return
        self.turning = 0 if self.turning is None else None
        self.desk.turn_to(Side.WORDS)
        self.lay_out()
        self.show()

    def _turn(self, down: int, across: int) -> None:
        bench = self.session.bench
        assert self.turning is not None
        self.turning = (self.turning + down) % len(bench.part.dials)
        dial = bench.part.dials[self.turning]
        if across:
            self._set_dial(dial.id, turned(dial, bench.settings[dial.id], across))
        else:
            self.message = self._turned_to()
            self.show()

    def _set_dial(self, dial: str, setting: Any) -> None:
        self.training = False
        try:
            self.session.bench.turn(dial, setting)
        except CourseError as error:  # it stays where it was
            self.app.tell_fault(error)
        self.message = self._turned_to()
        self.desk.settle()
        self.changed()

    def _type_setting(self, dial: Dial) -> None:
        """Ask for the setting of a dial: a number, or a text of the learner's own."""
        lesson = self.session.lesson
        names = choice_texts(lesson, dial, self.language)

        def set_dial(text: str) -> str | None:
            try:
                setting, cut = typed(dial, text, names)
            except Refused as refusal:
                return tr(f"screen.{refusal.key}", self.language, **refusal.fields)
            self._set_dial(dial.id, setting)
            if cut:
                self.say(f"text_cut_{dial.unit}", longest=dial.longest, letters=LONGEST_WORD)
                self.show()
            return None

        now = self.session.bench.settings[dial.id]
        question = dial_text(lesson, dial.id, self.language)
        self.ask(question, set_dial, names.get(str(now), str(now)))

    def _turned_to(self) -> str:
        """The dial and its number, where a picture stands in the place of the dials."""
        if self.turning is None or self.desk.side is Side.WORDS:
            return ""
        dial = self.session.bench.part.dials[self.turning]
        setting = self.session.bench.settings[dial.id]
        lesson = self.session.lesson
        shown = setting_text(lesson, dial.id, setting, self.language)
        name = " ".join(filter(None, (dial_text(lesson, dial.id, self.language), dial.symbol)))
        return f"{name} = {shown}"

    def action_fork(self) -> None:
        bench = self.session.bench
        step = bench.training_step
        try:
            bench.fork()
        except Refused as refusal:
            self.refused(refusal)
            return
        self.desk.lend(Side.CURVE)
        self.lay_out()
        self.say("forked", step=step)
        self.changed()

    # -- side by side ----------------------------------------------------------------------------

    def action_race(self) -> None:
        """The next race of the part, or none after the last."""
        bench = self.session.bench
        races = bench.part.spec.races
        if not races:
            self.say("no_race")
            self.show()
            return
        self.training = False
        at = races.index(bench.race) + 1 if bench.race in races else 0
        if at < len(races):
            self.session.question = None
            bench.start_race(races[at])
            self.desk.lend(Side.CURVE)
            self.lay_out()
            self.say("race", count=len(bench.lanes))
        else:
            bench.end_race()
            self.say("race_left")
        self.changed()

    def action_axis(self) -> None:
        """Count updates instead of epochs along the curve, or epochs instead of updates."""
        bench = self.session.bench
        bench.axis = "epochs" if bench.axis == "updates" else "updates"
        self.say("axis", axis=tr(f"axis.{bench.axis}", self.language))
        self.changed()

    # -- train -----------------------------------------------------------------------------------

    def action_train(self) -> None:
        if self.training:
            self.training = False
            self.after_training()
            return
        if not self.session.bench.learns:
            self.refused(Refused("no_update"))
            return
        self._stop_playing()
        self.session.question = None
        self.start_training()

    def action_rewind(self) -> None:
        if self._fixed():
            return
        self.training = False
        self.keep(self.part_as_it_is())
        self.session.question = None
        self.session.bench.rewind()
        self.moved()
        self.say("rewound", seed=self.session.bench.seed)
        self.show()

    def action_new_seed(self) -> None:
        bench = self.session.bench
        if self._fixed():
            return
        if not bench.drawn_by_seed:
            self.refused(Refused("fixed_numbers"))
            return
        before = self.part_as_it_is()
        try:
            bench.reseed(bench.seed + 1)
        except Refused as refusal:
            self.refused(refusal)
            return
        self.training = False
        self.keep(before)
        self.session.question = None
        self.moved()
        self.say("new_seed", seed=bench.seed)
        self.show()

    def start_training(self) -> None:
        """Train live until told to pause, or to the lesson's limit."""
        try:
            self.session.bench.begin_training()
        except Refused as refusal:
            self.refused(refusal)
            return
        self.training = True
        self.hurry = False
        self.desk.lend(Side.CURVE if self._only_the_curve_races() else None)
        self.lay_out()
        self.run_worker(self._train(), group="training", exclusive=True)

    def _only_the_curve_races(self) -> bool:
        """Whether a race is on that no picture of the part shows."""
        from tuiexplain.screens.lesson.figures import PATHS

        bench = self.session.bench
        return bench.race is not None and not set(PATHS) & set(bench.part.spec.pictures)

    async def _train(self) -> None:
        bench = self.session.bench
        try:
            ended = await train(bench, lambda: self.training, self._frame, lambda: self.hurry)
        except CourseError as error:
            self.app.tell_fault(error)
            ended = False
        self.training = False
        if ended:
            self.after_training()

    def _frame(self) -> int:
        bench = self.session.bench
        bench.watch()
        self.desk.chain.clear()
        self.say("training")
        if bench.run.losses:
            self.message += f" · {tr('screen.loss', self.language)} "
            self.message += format_number(bench.run.losses[-1])
        return self.show()

    def after_training(self) -> None:
        """Say where training stands."""
        bench = self.session.bench
        bench.watch()
        last = bench.run.losses[-1] if bench.run.losses else 0.0
        if math.isfinite(last):
            self.say("paused", step=bench.training_step)
        else:
            self.say("diverged", loss=format_number(last))
        self.changed()

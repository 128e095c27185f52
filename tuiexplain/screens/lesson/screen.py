"""The lesson's screen: what every command and every press of the mouse does."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

from textual.binding import BindingType

from tuiexplain.commands import Place, bindings
from tuiexplain.course.errors import CourseError
from tuiexplain.course.languages import tr
from tuiexplain.course.prose import Block
from tuiexplain.course.workbench import Refused
from tuiexplain.screens.lesson.desk import Side
from tuiexplain.screens.lesson.dialling import reset, turned
from tuiexplain.screens.lesson.panes import LessonPanes
from tuiexplain.screens.lesson.training import train
from tuiexplain.trace import cells
from tuiexplain.trace.numbers import format_number
from tuiexplain.trace.tile import cell_at
from tuiexplain.widgets.pane import Pane

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Moves a second while playing."""

ARROWS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}


class LessonScreen(LessonPanes):
    """One lesson being studied."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.LESSON)

    # -- step ------------------------------------------------------------------------------------

    def _walk(self, move: Callable[[], bool], end: str) -> None:
        """Move; where there is no further way, say so."""
        self.training = False
        self.turning = None
        if move():
            self.moved()
        else:
            self.say(end)
            self.show()

    def action_next_event(self) -> None:
        self._walk(self.session.next, "next_lesson")

    def action_previous_event(self) -> None:
        self._walk(self.session.previous, "begin_lesson")

    def action_next_stop(self) -> None:
        self._walk(self.session.next_stop, "next_lesson")

    def action_previous_stop(self) -> None:
        self._walk(self.session.previous_stop, "begin_lesson")

    def action_first_event(self) -> None:
        self.session.first_event()
        self.moved()

    def action_last_event(self) -> None:
        self.session.last_event()
        self.moved()

    def action_zoom_in(self) -> None:
        self.session.zoom = self.session.zoom.closer()
        self.changed()

    def action_zoom_out(self) -> None:
        self.session.zoom = self.session.zoom.wider()
        self.changed()

    def action_next_part(self) -> None:
        self._open_part(+1, "next_lesson")

    def action_previous_part(self) -> None:
        self._open_part(-1, "begin_lesson")

    def _open_part(self, direction: int, end: str) -> None:
        at = self.session.at + direction
        inside = 0 <= at < len(self.session.lesson.parts)

        def move() -> bool:
            if inside:
                self.session.open_part(at)
            return inside

        self._walk(move, end)

    def action_go_to(self) -> None:
        from tuiexplain.screens.outline import Outline

        def go(place: tuple[int, int, int] | None) -> None:
            if place is not None:
                self.session.go_to(*place)
                self.moved()

        self.app.push_screen(Outline(self.session), go)

    # -- play ------------------------------------------------------------------------------------

    def action_play(self) -> None:
        if self.playing is not None:
            self._stop_playing()
            self.message = ""
            self.show()
            return
        self._play()

    def _play(self) -> None:
        self._stop_playing()
        self.playing = self.set_interval(1 / SPEEDS[self.speed], self._play_on)
        self.say("speed", speed=format_number(SPEEDS[self.speed]))
        self.show()

    def _play_on(self) -> None:
        if not self.session.next_stop():
            self._stop_playing()
            return
        self.moved()

    def _stop_playing(self) -> None:
        if self.playing is not None:
            self.playing.stop()
            self.playing = None

    def action_faster(self) -> None:
        self._set_speed(+1)

    def action_slower(self) -> None:
        self._set_speed(-1)

    def _set_speed(self, change: int) -> None:
        self.speed = min(max(self.speed + change, 0), len(SPEEDS) - 1)
        if self.playing is not None:
            self._play()
            return
        self.say("speed", speed=format_number(SPEEDS[self.speed]))
        self.show()

    # -- look closer -----------------------------------------------------------------------------

    def action_next_picture(self) -> None:
        self._point(+1)

    def action_previous_picture(self) -> None:
        self._point(-1)

    def _point(self, direction: int) -> None:
        """From the timeline into the event's matrices, from one to the next, and out again."""
        desk = self.desk
        here = desk.values_here()
        if not desk.pointing:
            desk.pointing = True
            target = desk.value if desk.value in here else here[-1]
        else:
            at = here.index(desk.value) + direction if desk.value in here else 0
            if not 0 <= at < len(here):
                desk.pointing = False
                at = -1
            target = here[at]
        desk.chain.clear()
        desk.select(target, desk.cell if target == desk.value else None)
        self.show()

    def action_move(self, key: str) -> None:
        down, across = ARROWS[key]
        if self.turning is not None:
            self._turn(down, across)
        elif self.desk.asking:
            count = max(1, len(self.desk.causes()))
            self.desk.cause = (self.desk.cause + down + across) % count
            self.show()
        elif self.desk.pointing:
            self.desk.move(down, across)
            self.show()
        elif across:
            (self.action_next_event if across > 0 else self.action_previous_event)()
        else:
            self.scrolled += down
            self.show()

    def action_why(self) -> None:
        desk = self.desk
        if self.turning is not None:
            self.action_back()
            return
        if self.training:
            self.action_train()
            return
        if not desk.asking:
            desk.pointing = True
            desk.ask()
        elif not desk.follow():
            self.say("chain_ends")
            self.show()
            return
        if desk.side is not Side.WORDS:
            desk.side = Side.WORDS
            self.lay_out()
        self.scrolled = 0
        self.message = ""
        self.show()

    def action_back(self) -> None:
        desk = self.desk
        if self.turning is not None:
            self.turning = None
        elif desk.back():
            pass
        elif desk.pointing:
            desk.pointing = False
        elif desk.side is not Side.WORDS:
            desk.side = Side.WORDS
            self.lay_out()
        self.message = ""
        self.show()

    def action_code(self) -> None:
        """The lesson's own code, then each of its twins, then the words again."""
        desk = self.desk
        languages = ["numpy", *self.session.lesson.spec.twins]
        if desk.side is not Side.CODE and not self.has_class("-small"):
            desk.side = Side.CODE
            at = languages.index(desk.code_language) + 1
        elif desk.side is not Side.CODE:
            desk.side = Side.CODE
            at = 0
        else:
            at = languages.index(desk.code_language) + 1
        if at == len(languages):
            at = 0
            desk.side = Side.WORDS
        desk.code_language = languages[at]
        self.lay_out()
        self.show()

    def action_picture(self) -> None:
        """Words, picture, loss curve, in turn."""
        desk = self.desk
        sides = [Side.WORDS, Side.CURVE]
        if self.session.bench.part.spec.pictures:
            sides.insert(1, Side.PICTURE)
        at = sides.index(desk.side) if desk.side in sides else 0
        desk.side = sides[(at + 1) % len(sides)]
        self.lay_out()
        self.show()

    # -- what if ---------------------------------------------------------------------------------

    def action_edit(self) -> None:
        desk = self.desk
        if not desk.exists:
            self.say("not_yet")
            self.show()
            return
        value, cell = desk.selected, desk.cell
        now = desk.trace.cell(value, cell)
        address = cells.write(value.name, cell)
        question = tr("screen.edit_title", self.language, cell=address)
        hint = tr("screen.edit_now", self.language, number=format_number(now))

        def set_number(text: str) -> None:
            try:
                number = float(text)
            except ValueError:
                self.say("edit_bad", text=text)
                self.show()
                return
            self.session.bench.edit(value, cell, number)
            self.say(
                "edited", cell=address, number=format_number(number), mark=self.look.glyphs.changed
            )
            self.changed()

        self.ask(f"{question}: {hint}", set_number)

    def action_undo(self) -> None:
        undone = self.session.bench.undo()
        self.say("undone" if undone else "nothing_to_undo")
        self.changed()

    def action_dials(self) -> None:
        if not self.session.bench.part.dials:
            self.say("no_dials")
            self.show()
            return
        self.turning = 0 if self.turning is None else None
        self.desk.side = Side.WORDS
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
            self.show()

    def _set_dial(self, dial: str, setting: Any) -> None:
        self.training = False
        try:
            self.session.bench.turn(dial, setting)
        except CourseError as error:
            self.message = str(error)
        self.desk.settle()
        self.changed()

    def action_fork(self) -> None:
        bench = self.session.bench
        step = bench.training_step
        try:
            bench.fork()
        except Refused as refusal:
            self.refused(refusal)
            return
        self.say("forked", step=step)
        self.changed()

    # -- train -----------------------------------------------------------------------------------

    def action_train(self) -> None:
        if self.training:
            self.training = False
            self.call_after_refresh(self.after_training)
            return
        if not self.session.bench.learns:
            self.refused(Refused("no_update"))
            return
        self._stop_playing()
        self.session.question = None
        if self.has_class("-small") and self.desk.side is Side.CODE:
            self.desk.side = Side.WORDS
        self.lay_out()
        self.start_training()

    def action_rewind(self) -> None:
        self.training = False
        self.session.question = None
        self.session.bench.rewind()
        self.moved()
        self.say("rewound", seed=self.session.bench.seed)
        self.show()

    def action_new_seed(self) -> None:
        bench = self.session.bench
        if not bench.drawn_by_seed:
            self.refused(Refused("fixed_numbers"))
            return
        self.training = False
        self.session.question = None
        bench.reseed(bench.seed + 1)
        self.moved()
        self.say("new_seed", seed=bench.seed)
        self.show()

    # -- learn -----------------------------------------------------------------------------------

    def action_choose(self, key: str) -> None:
        question = self.session.question
        if self.turning is not None and key == "0":
            dial = self.session.bench.part.dials[self.turning]
            self._set_dial(dial.id, reset(dial))
        elif question is None or question.id in self.session.answers:
            return
        elif question.kind == "number":
            self.action_answer(key)
        elif question.kind == "choice":
            block = self.session.lesson.block(question.id, self.language)
            if 1 <= int(key) <= len(block.choices):
                self._answer(int(key))

    def action_answer(self, begun: str = "") -> None:
        question = self.session.question
        if question is None or question.id in self.session.answers:
            self.say("no_question")
            self.show()
        elif question.kind == "cell":
            self._answer(cells.write(self.desk.selected.name, self.desk.cell))
        elif question.kind == "number":
            self.ask(tr("screen.your_answer", self.language), self._answer_number, begun)
        else:
            self.say("answer_choice", count=len(self._block().choices))
            self.show()

    def _block(self) -> Block:
        return self.session.lesson.block(self.session.block_id, self.language)

    def _answer_number(self, text: str) -> None:
        try:
            number = float(text)
        except ValueError:
            self.say("edit_bad", text=text)
            self.show()
            return
        self._answer(number)

    def _answer(self, given: Any) -> None:
        self.session.answer(given)
        self.app.remember_answer(self.session)
        self.scrolled = 0
        self.show()

    def action_skip(self) -> None:
        question = self.session.question
        if question is not None and question.id not in self.session.answers:
            self._answer(None)

    def action_hint(self) -> None:
        question = self.session.question
        if question is None or question.id in self.session.answers:
            self.say("no_hint")
            self.show()
            return
        rungs = len(self._block().hints)
        shown = min(self.session.hints.get(question.id, 0) + 1, rungs)
        self.session.hints[question.id] = shown
        self.app.remember_hint(self.session, shown)
        self.show()

    # -- out -------------------------------------------------------------------------------------

    def action_export(self) -> None:
        self.message = self.app.save_screen(self.session.lesson.id)
        self.show()

    def action_copy(self) -> None:
        why = self.desk.why()
        if why is None:
            self.say("not_yet")
        else:
            text = f"{why.address} = {why.number!r}"
            if why.with_names:
                text += f"  ({why.with_names})"
            self.app.copy_to_clipboard(text)
            self.say("copied", text=text)
        self.show()

    def action_course_map(self) -> None:
        self.training = False
        self._stop_playing()
        self.app.open_map()

    # -- training --------------------------------------------------------------------------------

    def start_training(self) -> None:
        """Train live until told to pause, or to the lesson's limit."""
        self.training = True
        self.run_worker(self._train(), group="training", exclusive=True)

    async def _train(self) -> None:
        ended = await train(self.session.bench, lambda: self.training, self._frame)
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
        last = bench.run.losses[-1] if bench.run.losses else 0.0
        if math.isfinite(last):
            self.say("paused", step=bench.training_step)
        else:
            self.say("diverged", loss=format_number(last))
        self.changed()

    # -- mouse -----------------------------------------------------------------------------------

    async def on_pane_hit(self, hit: Pane.Hit) -> None:
        """Do what the thing that was pressed means."""
        target = hit.target
        if hit.pane.id == "time" and isinstance(target, int):
            self.session.question = None
            self.session.bench.player.go_to(target + 1)
            self.moved()
        elif hit.pane.id == "graph" and isinstance(target, int):
            self._go_to_value(target)
        elif hit.pane.id == "board" and isinstance(target, tuple):
            self._press_cell(*target)
        elif isinstance(target, tuple) and target[0] == "command":
            await self.run_action(target[1])
        elif isinstance(target, tuple):
            self._press_word(*target)

    def _go_to_value(self, value_id: int) -> None:
        producer = self.desk.trace.values[value_id].producer
        self.session.question = None
        self.session.bench.player.go_to(0 if producer is None else producer + 1)
        self.moved()

    def _press_cell(self, value_id: int, position: tuple[int, int]) -> None:
        cell = cell_at(self.desk.trace.values[value_id].shape, *position)
        again = (value_id, cell) == (self.desk.value, self.desk.cell)
        if again:
            self.action_why()
            return
        self.desk.chain.clear()
        self.desk.pointing = True
        self.desk.select(value_id, cell)
        self.show()

    def _press_word(self, kind: str, index: int) -> None:
        if kind == "cause":
            self.desk.cause = index
            self.action_why()
        elif kind == "choice":
            self.action_choose(str(index))
        elif kind == "dial":
            self.turning = index
            self.show()

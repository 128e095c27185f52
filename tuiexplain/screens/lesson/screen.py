"""The lesson's screen: questions, the ways out, and the mouse, on top of all the other commands."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import BindingType

from tuiexplain.commands import Place, bindings
from tuiexplain.course.bench import Refused
from tuiexplain.course.languages import tr
from tuiexplain.course.prose import Block
from tuiexplain.screens.lesson.dialling import number_typed, reset
from tuiexplain.screens.lesson.figures_attention import mask_of
from tuiexplain.screens.lesson.resetting import Resetting
from tuiexplain.screens.lesson.sheet import sheet
from tuiexplain.trace import cells
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.tile import cell_at
from tuiexplain.widgets.pane import Pane

AT_THE_END = 10_000
"""Lines that the words are scrolled by to be at their end: a new hint is the last thing there."""


class LessonScreen(Resetting):
    """One lesson being studied."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.LESSON)

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
            self.say("no_question" if question is None else "already_answered")
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

    def _answer_number(self, text: str) -> str | None:
        try:
            number = number_typed(text)
        except Refused as refusal:
            return tr(f"screen.{refusal.key}", self.language, **refusal.fields)
        if self.session.question is None:  # the mouse has gone on to another step meanwhile
            self.say("no_question")
            self.show()
        else:
            self._answer(number)
        return None

    def _answer(self, given: Any) -> None:
        self.session.answer(given)
        self.app.remember_answer(self.session)
        self.scrolled = 0
        self.say("question_next")
        self.show()

    def action_skip(self) -> None:
        question = self.session.question
        if question is not None and question.id not in self.session.answers:
            self._answer(None)

    def action_hint(self) -> None:
        question = self.session.question
        if question is None or question.id in self.session.answers:
            self.say("no_hint" if question is None else "already_answered")
            self.show()
            return
        rungs = len(self._block().hints)
        shown = min(self.session.hints.get(question.id, 0) + 1, rungs)
        self.session.hints[question.id] = shown
        self.app.remember_hint(self.session, shown)
        self.scrolled = AT_THE_END
        self.show()

    # -- out -------------------------------------------------------------------------------------

    def action_export(self) -> None:
        self.hush()
        self.show()
        self.message = self.app.save_screen(self.session.lesson.id)
        self.show()

    def action_course_map(self) -> None:
        self.training = False
        self._stop_playing()
        self.app.open_map()

    # -- mouse -----------------------------------------------------------------------------------

    async def on_pane_hit(self, hit: Pane.Hit) -> None:
        """Do what the thing that was pressed means."""
        target = hit.target
        if self.prompt is not None:
            self.prompt.close()
        if hit.pane.id == "time" and isinstance(target, int):
            self.session.question = None
            self.session.bench.player.go_to(target + 1)
            self.moved()
        elif hit.pane.id == "graph" and isinstance(target, int):
            self._go_to_value(target)
        elif hit.pane.id == "board" and isinstance(target, tuple):
            self._press_cell(*target)
        elif hit.pane.id == "picture" and isinstance(target, tuple):
            self._press_picture(*target)
        elif isinstance(target, tuple) and target[0] == "command":
            await self.app.run_command(target[1])
        elif isinstance(target, tuple):
            self._press_word(*target)
        elif isinstance(target, str):
            self.app.explain_term(target)

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

    def _press_picture(self, value_id: int, cell: Cell) -> None:
        """In a picture: a pixel of the sheet that one draws on, or who looks at whom."""
        page = sheet(self.desk)
        if page is not None and page.id == value_id:
            self.press_pixel(page, cell)
        else:
            self._press_look(value_id, cell)

    def _press_look(self, value_id: int, cell: Cell) -> None:
        """Select who looks at whom; pressed again, forbid it, or allow it."""
        desk = self.desk
        forbids = mask_of(desk)
        if desk.pointing and (value_id, cell) == (desk.value, desk.cell) and forbids is not None:
            self._set_cell(forbids, cell[-2:], 0.0 if desk.trace.cell(forbids, cell[-2:]) else 1.0)
            return
        desk.chain.clear()
        desk.pointing = True
        desk.select(value_id, cell)
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

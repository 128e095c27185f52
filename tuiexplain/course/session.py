"""A lesson being studied: the way through all its parts, questions among them. No screen in it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tuiexplain.course.bench import Bench
from tuiexplain.course.errors import CourseError
from tuiexplain.course.lab_way import LabWay, new_bench
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.progress import Place as Kept
from tuiexplain.course.schema import Prediction, Setting
from tuiexplain.course.walk import Place
from tuiexplain.trace import cells
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.player import Zoom

SEED = "seed"
"""The name under which the seed is kept among the dials."""


class Answer(NamedTuple):
    """What the learner said to a prediction. ``given`` is ``None`` where it was skipped."""

    given: Setting | None
    right: bool


class Session(LabWay):
    """Where the learner is in a lesson.

    ``next`` and ``previous`` walk through every event of every part, with a stop at each question
    before the step that answers it; one is the exact inverse of the other.
    """

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.at = 0
        self.benches: dict[str, Bench] = {}
        self.question: Prediction | None = None
        self.answers: dict[str, Answer] = {}
        self.hints: dict[str, int] = {}
        self.zoom = Zoom.LAYER
        self.exploring = False
        """Whether this is a copy in which the learner tries things out."""
        self.kept = True
        """Whether the learner's place in it is kept among those in the lessons."""

    # -- where -----------------------------------------------------------------------------------

    @property
    def bench(self) -> Bench:
        """The current part, set up when it is first reached."""
        return self.bench_of(self.at)

    def bench_of(self, at: int) -> Bench:
        """The part with this index."""
        part = self.lesson.parts[at]
        if part.id not in self.benches:
            self.benches[part.id] = new_bench(part)
        return self.benches[part.id]

    @property
    def part_done(self) -> bool:
        """Whether the learner is at the end of the walk through this part."""
        bench = self.bench
        last = bench.training_step >= bench.last_training_step
        return last and bench.player.position == len(bench.player)

    @property
    def block_id(self) -> str:
        """The prose that belongs here: a question's, or the step's."""
        return self.question.id if self.question else self.bench.step_id

    @staticmethod
    def _questions(bench: Bench, until: Place) -> list[Prediction]:
        """The questions on the way from where the learner is."""
        if until.training_step > bench.last_training_step:
            return []
        return bench.walk.questions_after(bench.place, until)

    # -- one event on, one event back ------------------------------------------------------------

    def next(self) -> bool:
        """One event on; ``False`` at the end of the lesson."""
        bench = self.bench
        if self.watching is not None:
            return self.next_of_a_run(self.watching)
        if bench.player.position < len(bench.player):
            until = Place(bench.training_step, bench.player.position + 1)
        elif bench.training_step != bench.last_training_step and bench.learns:
            until = Place(bench.training_step + 1, 0)
        else:
            return self._next_part()
        if self._ask(self._questions(bench, until), +1):
            return True
        if until.training_step == bench.training_step:
            bench.player.forward()
        else:
            bench.open(until.training_step)
        return True

    def previous(self) -> bool:
        """One event back; ``False`` at the beginning of the lesson."""
        bench = self.bench
        if self.question is None and bench.player.position == 0 and self.leave_step():
            return True
        if self.question is not None and self.watching is not None:
            self._ask(self.watching.questions, -1)
            return True
        if self.question is None:
            if bench.player.position > 0:
                bench.player.back()
            elif bench.training_step > 0:
                bench.open_end(bench.training_step - 1)
            elif self.at > 0:
                self.at -= 1
                bench = self.bench
                bench.open_last()
            else:
                return False
        self._ask(self._questions(bench, self._one_on(bench)), -1)
        return True

    @staticmethod
    def _one_on(bench: Bench) -> Place:
        step, position = bench.training_step, bench.player.position
        return Place(step, position + 1) if position < len(bench.player) else Place(step + 1, 0)

    def _ask(self, questions: list[Prediction], direction: int) -> bool:
        """Go to the next of the questions at this place; ``False`` if there is none."""
        if self.question in questions:
            index = questions.index(self.question) + direction
        else:
            index = 0 if direction > 0 else len(questions) - 1
        found = 0 <= index < len(questions)
        self.question = questions[index] if found else None
        return found

    # -- longer moves ----------------------------------------------------------------------------

    def _next_part(self) -> bool:
        if self.at + 1 == len(self.lesson.parts):
            return False
        self.open_part(self.at + 1)
        return True

    def open_part(self, at: int) -> None:
        """Go to the start of the part with this index."""
        self.at = at
        self.question = None
        self.leave_step()
        self.bench.open_first()

    def next_stop(self) -> bool:
        """On by the zoom: the end of the layer or phase, the next training step, the next epoch."""
        if self.zoom is Zoom.EVENT:
            return self.next()
        self.question = None
        bench = self.bench
        if self.zoom in (Zoom.STEP, Zoom.EPOCH):
            return self._jump(self._stride)
        return bench.player.forward(self.zoom) or self.next()

    def previous_stop(self) -> bool:
        """Back by the zoom."""
        if self.zoom is Zoom.EVENT:
            return self.previous()
        self.question = None
        if self.zoom in (Zoom.STEP, Zoom.EPOCH):
            return self._jump(-self._stride)
        return self.bench.player.back(self.zoom) or self.previous()

    @property
    def _stride(self) -> int:
        return self.bench.steps_per_epoch if self.zoom is Zoom.EPOCH else 1

    def _jump(self, training_steps: int) -> bool:
        """Open a training step further on or back, with the cursor at the same event."""
        bench = self.bench
        target = max(0, bench.training_step + training_steps)
        if target == bench.training_step or not bench.learns:
            return False
        bench.open(target, bench.player.position)
        return True

    def go_to(self, part: int, training_step: int, position: int) -> bool:
        """Go anywhere."""
        self.bench_of(part).open(training_step, position)
        self.at, self.question = part, None
        return True

    def go_to_block(self, block: str) -> None:
        """Go to where a step begins or a question is asked (by its id), or to the start of a part.

        A step that the dials have taken out of the run leads to the start of its part.
        """
        for at, part in enumerate(self.lesson.parts):
            asked = next((p for p in part.spec.predictions if p.id == block), None)
            step = block if asked is None else asked.before
            if step != part.id and step not in {s.id for s in part.spec.steps}:
                continue
            beginnings = self.bench_of(at).walk.beginnings
            place = next((place for s, place in beginnings if s.id == step), None)
            self.open_part(at)
            if place is not None:
                self.bench.open(*place)
                if asked is not None:
                    self.previous()
                    if self.question is None and self.bench.player.position == 0:
                        self.previous()  # it is asked before the training step begins
                    self.question = asked
            return

    def first_event(self) -> None:
        """To the start of the open training step."""
        self.question = None
        self.bench.player.go_to(0)

    def last_event(self) -> None:
        """To the end of the open training step."""
        self.question = None
        self.bench.player.go_to(len(self.bench.player))

    # -- questions -------------------------------------------------------------------------------

    def answer(self, given: Setting | None) -> Answer:
        """Lock an answer in (``None``: skipped) and compare it with what the network computes."""
        assert self.question is not None
        answer = Answer(given, given is not None and self._agrees(self.question, given))
        self.answers[self.question.id] = answer
        return answer

    @staticmethod
    def _agrees(question: Prediction, given: Setting) -> bool:
        if question.kind == "number":
            return abs(float(given) - float(question.answer)) <= question.tolerance
        return given == question.answer

    # -- keeping the place -----------------------------------------------------------------------

    def standing(self) -> Kept:
        """Where the learner is: enough to come back to this very screen."""
        bench = self.bench
        return Kept(
            self.lesson.id,
            bench.part.id,
            bench.training_step,
            bench.player.position,
            str(self.zoom),
            {**bench.settings, SEED: bench.seed},
        )

    def explore(self) -> Session:
        """A copy at the same place, to be changed as one likes: nothing of it comes back."""
        twin = Session(self.lesson)
        twin.exploring = True
        twin.at, twin.question, twin.zoom = self.at, self.question, self.zoom
        twin.answers, twin.hints = dict(self.answers), dict(self.hints)
        twin.benches = {self.bench.part.id: self.bench.copy()}
        return twin

    def edits(self) -> list[tuple[str, float]]:
        """The edits of the open step, by the address of their cells."""
        bench = self.bench
        return [
            (cells.write(bench.base.values[e.value].name, e.cell), e.number) for e in bench.edits
        ]

    def edit_again(self, edits: Iterable[tuple[str, float]]) -> None:
        """Make edits that were kept; those of cells that are no more there are left out."""
        for address, number in edits:
            with contextlib.suppress(CourseError, TraceError):
                value, cell = self.bench.base.find(address)
                self.bench.edit(value, cell, number)

    def resume(self, kept: Kept) -> None:
        """Come back to a place; what the lesson no longer has leads to the nearest that it has."""
        parts = [part.id for part in self.lesson.parts]
        if kept.part not in parts:
            return
        self.at = parts.index(kept.part)
        part = self.lesson.parts[self.at]
        seed = kept.dials.get(SEED)
        if part.id in self.benches:
            self.leave_step()
        if self.watching is None or part.id not in self.benches:
            self.benches[part.id] = new_bench(
                part, _fitting(part, kept.dials), seed if isinstance(seed, int) else None
            )
        if kept.zoom in list(Zoom):
            self.zoom = Zoom(kept.zoom)
        self.bench.open(max(0, kept.step), kept.event)

    def recall(self, question: str, given: Setting | None, right: bool) -> None:
        """An answer that was given in an earlier session."""
        self.answers[question] = Answer(given, right)


def _fitting(part: Part, dials: Mapping[str, Setting]) -> dict[str, Setting]:
    """The settings that the part still has a dial for, and that its dial still takes."""
    settings: dict[str, Setting] = {}
    for name, setting in dials.items():
        with contextlib.suppress(CourseError):
            settings[name] = part.setting(name, setting)
    return settings

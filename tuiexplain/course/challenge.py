"""The mixed challenge: questions of all lessons of a part of the course, with new numbers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tuiexplain.course.errors import CourseError
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.practice import asked, rung
from tuiexplain.course.puzzle import Puzzle
from tuiexplain.course.schema import Prediction, Setting
from tuiexplain.course.variation import varied
from tuiexplain.course.walk import Walk
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind

EACH = 2
"""Questions of each lesson, where it has as many."""
DRAWS = 8
"""How often numbers are drawn until a question has exactly one true answer."""
SMALL = 36
"""Cells up to which a value is shown beside a question."""
MOST = 8
"""Values that are shown beside a question."""
EXACT = 0.005
"""Relative tolerance of a number, which was not rounded by the lesson."""

RIGHT, WRONG, SKIPPED = "right", "wrong", "skipped"


class Item(NamedTuple):
    """A question that was drawn: enough to make it again. ``pick`` is the cell of an exercise."""

    lesson: str
    part: str
    name: str
    trial: int
    rung: int = 0
    pick: int = 0


class Result(NamedTuple):
    """How a question went, and what to look at again."""

    lesson: str
    step: str
    how: str


class Challenge:
    """A learner in a challenge. ``state`` is all of it, as JSON can hold it."""

    def __init__(self, lessons: Sequence[Lesson], state: Mapping[str, Any] | None = None) -> None:
        self.lessons = {lesson.id: lesson for lesson in lessons}
        kept = state or {}
        self.seed = int(kept.get("seed", 0))
        self.items = [Item(*item) for item in kept.get("items", ())]
        self.results = [Result(*result) for result in kept.get("results", ())]
        self.items = [item for item in self.items if item.lesson in self.lessons]
        self._open: tuple[int, Puzzle | None] | None = None
        if not self.items:
            self.anew()

    @property
    def at(self) -> int:
        """How many questions have been answered."""
        return len(self.results)

    @property
    def current(self) -> Puzzle | None:
        """The question; ``None`` after the last."""
        while self.at < len(self.items):
            if self._open is None or self._open[0] != self.at:
                self._open = self.at, self._made(self.items[self.at])
            if self._open[1] is not None:
                return self._open[1]
            del self.items[self.at]  # the lesson has changed: it asks this no more
            self._open = None
        return None

    def advance(self) -> None:
        """Note how the question went, and to the next."""
        puzzle = self.current
        if puzzle is None or not puzzle.done:
            return
        how = SKIPPED if puzzle.skipped else RIGHT if puzzle.right else WRONG
        self.results.append(Result(puzzle.part.lesson.id, puzzle.step, how))

    def back(self) -> bool:
        """What was answered is answered."""
        return False

    def anew(self) -> None:
        """Other questions with other numbers."""
        self.seed += 1
        self.results, self._open = [], None
        self.items = draw(list(self.lessons.values()), self.seed)

    @property
    def state(self) -> dict[str, Any]:
        """All of it, to go on with another day."""
        return {"seed": self.seed, "items": self.items, "results": self.results}

    def of_lessons(self) -> dict[str, list[Result]]:
        """The results by lesson, in the order of the course."""
        return {
            name: [r for r in self.results if r.lesson == name]
            for name in self.lessons
            if any(r.lesson == name for r in self.results)
        }

    def _made(self, item: Item) -> Puzzle | None:
        try:
            return made(self.lessons[item.lesson], item)
        except (CourseError, TraceError):
            return None


def draw(lessons: Sequence[Lesson], seed: int) -> list[Item]:
    """Questions of every lesson, no two of one lesson in a row where that can be."""
    chance = random.Random(seed)
    rounds: list[list[Item]] = [[] for _ in range(EACH)]
    for lesson in lessons:
        pool = list(_pool(lesson, seed))
        for number, item in enumerate(chance.sample(pool, min(EACH, len(pool)))):
            rounds[number].append(item)
    found: list[Item] = []
    for turn in rounds:
        chance.shuffle(turn)
        if found and len(turn) > 1 and turn[0].lesson == found[-1].lesson:
            turn.append(turn.pop(0))
        found += turn
    return found


def _pool(lesson: Lesson, seed: int) -> Iterator[Item]:
    """Every question that a lesson can be asked; a run of the lab is no quick question."""
    for part in (part for part in lesson.parts if part.spec.lab is None):
        for prediction in part.spec.predictions:
            yield Item(lesson.id, part.id, prediction.id, seed)
        for exercise in part.spec.exercises:
            for at, told in enumerate(exercise.rungs):
                for pick in range(len(asked(part, exercise, told))):
                    yield Item(lesson.id, part.id, exercise.id, seed * 101 + at, at, pick)


def made(lesson: Lesson, item: Item) -> Puzzle | None:
    """The question that was drawn; ``None`` if it has no single answer."""
    part = lesson.part(item.part)
    for exercise in part.spec.exercises:
        if exercise.id == item.name:
            puzzles = rung(part, exercise, item.rung, item.trial)
            puzzle = puzzles[min(item.pick, len(puzzles) - 1)]
            for before in puzzles[: item.pick]:
                before.reveal()  # what was asked before is given here
            puzzle.one_try, puzzle.rungs = True, 1
            return puzzle
    for prediction in part.spec.predictions:
        if prediction.id == item.name:
            return predicted(part, prediction, item.trial)
    return None


# -- predictions with other numbers ----------------------------------------------------------------


def predicted(part: Part, prediction: Prediction, trial: int) -> Puzzle | None:
    """A prediction, its answer worked out anew; with the lesson's numbers if none can vary.

    ``None`` where it has no single answer.
    """
    if part.spec.lab is not None:
        return None  # its answer comes from a run that takes too long to wait for
    draws = range(trial * DRAWS, (trial + 1) * DRAWS) if prediction.vary and trial else ()
    for draw in (*draws, 0):
        drawn = varied(part, prediction.vary, draw)
        answer = computed(drawn, prediction)
        if answer is not None:
            return _puzzle(part, drawn, prediction, answer, trial)
    return None


def computed(part: Part, prediction: Prediction) -> Setting | None:
    """What is right with the numbers of ``part``; ``None`` if nothing or more than one thing is."""
    proof = prediction.proof
    lookup = part.lookup(proof.run, proof.step)
    if prediction.kind == "number":
        if proof.value is None:
            return prediction.answer
        return part.expression(proof.value).number(lookup)
    claims = [(prediction.answer, proof.expect or "False")]
    claims += [(wrong.answer, wrong.expect) for wrong in prediction.wrong]
    true = [answer for answer, claim in claims if part.expression(claim).truth(lookup)]
    return true[0] if len(true) == 1 else None


def _puzzle(part: Part, drawn: Part, prediction: Prediction, answer: Setting, trial: int) -> Puzzle:
    order = list(range(1, len(part.lesson.block(prediction.id, "en").choices) + 1))
    random.Random(f"{trial} {prediction.id}").shuffle(order)
    kinds = {"number": "number", "choice": "choice", "cell": "point"}
    return Puzzle(
        part=drawn,
        block=prediction.id,
        step=prediction.before,
        kind=kinds[prediction.kind],
        answer=answer,
        shows=_seen_before(drawn, prediction),
        tolerance=EXACT,
        least=prediction.tolerance,
        order=tuple(order),
        one_try=True,
    )


def _seen_before(part: Part, prediction: Prediction) -> tuple[str, ...]:
    """The small values that are there where the lesson asks."""
    trace = part.cited_trace(None, 0)
    walk = Walk(part.spec, [trace])
    place = next((p for s, p in walk.beginnings if s.id == prediction.before), None)
    until = len(trace.events) if place is None else place.position - 1
    there = [
        value.name
        for value in trace.values
        if value.size <= SMALL
        and value.kind is not Kind.STATE
        and (value.producer is None or value.producer < until)
    ]
    return tuple(_leaves_first(trace, there)[:MOST])


def _leaves_first(trace: Trace, names: list[str]) -> list[str]:
    """What the step starts from, then what was computed last."""
    given = [name for name in names if trace.value(name).producer is None]
    made = [name for name in names if trace.value(name).producer is not None]
    return given + made[::-1]

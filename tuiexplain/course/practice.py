"""A worked example that fades: the full trace, one blank, several, and then alone."""

from __future__ import annotations

from collections.abc import Iterator

from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.puzzle import Puzzle, Spot, spots
from tuiexplain.course.schema import Exercise, Rung
from tuiexplain.course.variation import varied
from tuiexplain.course.walk import Walk
from tuiexplain.trace import cells


class Practice:
    """A learner on the rungs of one exercise; each rung has numbers of its own.

    The first rung, the full trace, begins with the lesson's own numbers.
    """

    def __init__(self, part: Part, exercise: Exercise, rung: int = 0, trial: int = 0) -> None:
        self.part, self.exercise = part, exercise
        self.rung = min(max(rung, 0), len(exercise.rungs) - 1)
        self.trial = trial
        self.puzzles: list[Puzzle] = []
        self.at = 0
        self._open(self.rung)

    @property
    def current(self) -> Puzzle | None:
        """The question; ``None`` after the last."""
        return self.puzzles[self.at] if self.at < len(self.puzzles) else None

    def advance(self) -> None:
        """To the next question, or the next rung with other numbers."""
        self.at += 1
        if self.at == len(self.puzzles) and self.rung + 1 < len(self.exercise.rungs):
            self._open(self.rung + 1)

    def back(self) -> bool:
        """To the question or the rung before; ``False`` at the beginning."""
        if self.at > 0:
            self.at -= 1
        elif self.rung > 0:
            self._open(self.rung - 1)
        else:
            return False
        return True

    def anew(self) -> None:
        """The same rung with other numbers; after the last, the first."""
        self.trial += len(self.exercise.rungs)
        self._open(0 if self.current is None else self.rung)

    def _open(self, at: int) -> None:
        self.rung, self.at = at, 0
        self.puzzles = rung(self.part, self.exercise, at, self.trial + at)


def exercises(lesson: Lesson) -> list[tuple[Part, Exercise]]:
    """Every exercise of a lesson, with its part."""
    return [(part, exercise) for part in lesson.parts for exercise in part.spec.exercises]


def rung(part: Part, exercise: Exercise, at: int, trial: int) -> list[Puzzle]:
    """The questions of one rung, in order, over one board with the numbers of ``trial``.

    A rung that hides nothing is one question without an answer: something to read.
    """
    told = exercise.rungs[at]
    drawn = varied(part, exercise.vary, trial)
    trace = drawn.cited_trace(None, exercise.step)
    hidden = {spot for text in told.blank for spot in spots(drawn, trace, text)}
    found = [
        Puzzle(
            part=drawn,
            block=exercise.id,
            step=step_of(part, exercise, spot),
            kind="cell",
            answer=trace.cell(trace.values[spot[0]], spot[1]),
            shows=exercise.shows,
            training_step=exercise.step,
            spot=spot,
            hidden=hidden,
            tolerance=exercise.tolerance,
            slips=exercise.slips,
            rung=at,
            rungs=len(exercise.rungs),
        )
        for spot in asked(drawn, exercise, told)
    ]
    if found:
        return found
    look = Puzzle(
        drawn, exercise.id, part.spec.steps[0].id, "look", 0, exercise.shows, exercise.step
    )
    look.rung, look.rungs = at, len(exercise.rungs)
    return [look]


def asked(part: Part, exercise: Exercise, told: Rung) -> list[Spot]:
    """The cells that a rung asks for."""
    trace = part.cited_trace(None, exercise.step)
    return [spot for text in told.ask or told.blank for spot in spots(part, trace, text)]


def step_of(part: Part, exercise: Exercise, spot: Spot) -> str:
    """The step of the lesson that explains where a number comes from."""
    trace = part.cited_trace(None, exercise.step)
    producer = trace.values[spot[0]].producer
    walk = Walk(part.spec, [trace], exercise.step)
    at = 0 if producer is None else producer + 1
    here = part.spec.steps[0]
    for step, place in walk.beginnings:
        if place is not None and place.position <= at:
            here = step
    return here.id


def underivable(part: Part, exercise: Exercise, told: Rung) -> Iterator[str]:
    """Cells that a rung asks for and that cannot be worked out from what it shows."""
    trace = part.cited_trace(None, exercise.step)
    hidden = {spot for text in told.blank for spot in spots(part, trace, text)}
    shown = {trace.value(name).id for name in exercise.shows}
    known: dict[Spot, bool] = {}

    def derivable(spot: Spot) -> bool:
        if spot not in known:
            known[spot] = False  # until its causes are known
            why = trace.why(trace.values[spot[0]], spot[1])
            causes = [(cause.value.id, cause.cell) for cause in why.causes]
            known[spot] = why.expression is not None and all(
                (c[0] in shown and c not in hidden) or derivable(c) for c in causes
            )
        return known[spot]

    for spot in asked(part, exercise, told):
        if not derivable(spot):
            yield cells.write(trace.values[spot[0]].name, spot[1])

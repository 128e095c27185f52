"""Whether an exercise can be done: its cells are there, computed, and follow from what is shown."""

from __future__ import annotations

from collections.abc import Iterator

from tuiexplain.course.challenge import DRAWS, computed
from tuiexplain.course.check.claims import Finding, Located
from tuiexplain.course.errors import CourseError, LessonFault
from tuiexplain.course.lesson import Part
from tuiexplain.course.practice import asked, rung, underivable
from tuiexplain.course.puzzle import spots
from tuiexplain.course.schema import Exercise
from tuiexplain.course.toml_lines import Lines
from tuiexplain.course.variation import varied
from tuiexplain.trace import cells
from tuiexplain.trace.errors import TraceError

TRIALS = 3
"""Drawn numbers with which an exercise is tried."""


def exercises(part: Part, lines: Lines, number: int) -> Iterator[LessonFault]:
    """Every rung of every exercise, with the lesson's numbers and with others."""
    place = Located(part, lines, number)
    for i, exercise in enumerate(part.spec.exercises):
        try:
            for where, message, remedy in _sound(part, exercise):
                yield place.fault(("exercise", i, *where), message, remedy)
        except LessonFault:
            raise
        except (CourseError, TraceError) as error:
            yield place.fault(("exercise", i), str(error).rstrip("."), "mend the exercise")


def _sound(part: Part, exercise: Exercise) -> Iterator[Finding]:
    trace = part.cited_trace(None, exercise.step)
    for name in exercise.shows:
        trace.value(name)
    for at, told in enumerate(exercise.rungs):
        hidden = {spot for text in told.blank for spot in spots(part, trace, text)}
        for value, cell in hidden:
            if trace.values[value].name not in exercise.shows:
                message = f"'{cells.write(trace.values[value].name, cell)}' is not among 'shows'"
                yield ("rung", at, "blank"), message, "show it, or hide another"
        for spot in asked(part, exercise, told):
            if spot not in hidden:
                name = cells.write(trace.values[spot[0]].name, spot[1])
                yield ("rung", at, "ask"), f"'{name}' is asked, but not hidden", "put it into blank"
        for name in underivable(part, exercise, told):
            message = f"'{name}' cannot be worked out from what rung {at + 1} shows"
            yield ("rung", at, "blank"), message, "show what it comes from, or ask for another"
    for j, slip in enumerate(exercise.slips):
        if not _makes_a_difference(part, exercise, j):
            message = f"the slip '{slip.id}' comes to the right number, or to none"
            yield ("slip", j, "value"), message, "mend its value"
    if exercise.vary:
        for trial in range(1, TRIALS + 1):
            rung(part, exercise, len(exercise.rungs) - 1, trial)


def variations(part: Part, lines: Lines, number: int) -> Iterator[LessonFault]:
    """A prediction whose numbers vary has one true answer with other numbers."""
    place = Located(part, lines, number)
    for i, prediction in enumerate(part.spec.predictions):
        if not prediction.vary:
            continue
        try:
            drawn = (varied(part, prediction.vary, trial) for trial in range(1, DRAWS + 1))
            if not any(computed(other, prediction) is not None for other in drawn):
                message = f"with other numbers '{prediction.id}' has no single true answer"
                yield place.fault(("prediction", i, "vary"), message, "narrow the bounds")
        except LessonFault:
            raise
        except (CourseError, TraceError) as error:
            yield place.fault(("prediction", i, "vary"), str(error).rstrip("."), "mend 'vary'")


def _makes_a_difference(part: Part, exercise: Exercise, which: int) -> bool:
    """Whether a slip leads to a wrong number for some cell that is asked."""
    slip = exercise.slips[which]
    for at in range(len(exercise.rungs)):
        for puzzle in rung(part, exercise, at, 0):
            number = puzzle.slipped(slip)
            if number is not None and not puzzle.near(number, float(puzzle.answer)):
                return True
    return False

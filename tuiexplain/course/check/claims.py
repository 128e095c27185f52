"""Whether what a lesson claims is so: its truths, its answer keys, its way through the events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tuiexplain.course.errors import CourseError, LessonFault
from tuiexplain.course.expressions import Reference
from tuiexplain.course.lesson import Part
from tuiexplain.course.schema import Prediction, Truth
from tuiexplain.course.toml_lines import Lines
from tuiexplain.course.walk import Walk
from tuiexplain.trace import cells
from tuiexplain.trace.errors import TraceError, did_you_mean
from tuiexplain.trace.trace import Trace


class Located:
    """Where in ``lesson.toml`` a part's faults are."""

    def __init__(self, part: Part, lines: Lines, number: int) -> None:
        self.file, self.lines, self.number = part.lesson.folder / "lesson.toml", lines, number

    def fault(self, where: tuple[str | int, ...], message: str, remedy: str) -> LessonFault:
        return LessonFault(self.file, self.lines("part", self.number, *where), message, remedy)


Lookup = Callable[..., Callable[[Reference], Any]]
"""Like `Part.lookup`: where an expression finds its numbers."""


def walked(part: Part) -> list[Trace]:
    """The training steps that the lesson walks through."""
    return [part.cited_trace(None, step) for step in range(part.spec.train_steps)]


def coverage(part: Part, lines: Lines, number: int) -> Iterator[LessonFault]:
    """Every step has its event, every event its step, every phase a step of its own."""
    yield from coverage_of(part, walked(part), lines, number)


def coverage_of(
    part: Part, traces: list[Trace], lines: Lines, number: int
) -> Iterator[LessonFault]:
    """The same over these training steps."""
    place = Located(part, lines, number)
    walk = Walk(part.spec, traces)
    positions = {step.id: i for i, step in enumerate(part.spec.steps)}
    for step in walk.unmatched:
        assert step.at is not None
        outputs = [t.values[e.output].name for t in traces for e in t.events]
        message = f"no event after the step before matches the 'at' of step '{step.id}'"
        remedy = "check the order of the steps"
        if step.at.output is not None and step.at.output not in outputs:
            remedy = f"output: {did_you_mean(step.at.output, dict.fromkeys(outputs))}"
        yield place.fault(("step", positions[step.id], "at"), message, remedy)
    for step, begins in walk.beginnings:
        if step.cell is None or begins is None or begins.position == 0:
            continue
        trace = traces[begins.training_step]
        made = trace.values[trace.events[begins.position - 1].output]
        if cells.found(made.shape, step.cell) is None:
            message = f"'{made.name}', which step '{step.id}' begins with, has no such cell"
            remedy = f"its shape is {'×'.join(map(str, made.shape)) or 'that of one number'}"
            yield place.fault(("step", positions[step.id], "cell"), message, remedy)
    first = walk.beginnings[0][1]
    if first is not None and first > (0, 1):
        count = first.position - 1
        message = f"{count} events come before the first step, '{part.spec.steps[0].id}'"
        yield place.fault(("step", 0), message, "take its 'at' away, or let it match event 0")
    begun = {
        traces[b.training_step].events[b.position - 1].phase
        for _, b in walk.beginnings
        if b is not None and b.position
    }
    for phase in dict.fromkeys(e.phase for e in traces[0].events):
        if phase not in begun:
            message = f"no step begins in the {phase} phase, so nothing is said of it"
            yield place.fault((), message, f'add a step with at = {{ phase = "{phase}" }}')
    for i, prediction in enumerate(part.spec.predictions):
        at_start = bool(part.spec.steps) and prediction.before == part.spec.steps[0].id
        if at_start and part.spec.lab is None:
            message = f"'{prediction.id}' is asked before the first step, where nobody is yet"
            yield place.fault(("prediction", i, "before"), message, "ask it before a later step")


# -- truths ----------------------------------------------------------------------------------------


def truths(
    part: Part, lines: Lines, number: int, lookup: Lookup | None = None
) -> Iterator[LessonFault]:
    """Every number known from elsewhere is reproduced."""
    place, lookup = Located(part, lines, number), lookup or part.lookup
    for i, truth in enumerate(part.spec.truths):
        try:
            found = part.expression(truth.of).number(lookup(truth.run, truth.step))
        except LessonFault:
            raise
        except (CourseError, TraceError) as error:
            yield place.fault(("truth", i, "of"), str(error), "mend the expression")
            continue
        if not agrees(truth, found):
            message = f"{truth.of} is {found!r}, {truth.source} says {_wanted(truth)}"
            yield place.fault(("truth", i), message, "mend the lesson, or what it claims")
        if not truth.source:
            yield place.fault(("truth", i), "the truth has no source", 'add source = "pub: …"')


def agrees(truth: Truth, found: float) -> bool:
    """Whether a number is what a truth says, to the digits that it gives."""
    if truth.range is not None:
        return truth.range[0] <= found <= truth.range[1]
    assert truth.value is not None
    distance = abs(found - truth.value)
    if truth.digits is not None:
        return distance <= 0.5 * 10.0**-truth.digits * (1 + 1e-9)
    return distance <= truth.rel * abs(truth.value)


def _wanted(truth: Truth) -> str:
    if truth.range is not None:
        return f"{truth.range[0]:g} … {truth.range[1]:g}"
    return repr(truth.value)


# -- races ---------------------------------------------------------------------------------------


def races(part: Part, lines: Lines, number: int) -> Iterator[LessonFault]:
    """Every run of a race trains, and no two of them have the same dials."""
    place = Located(part, lines, number)
    told = {run.id: run for run in part.spec.runs}
    for i, race in enumerate(part.spec.races):
        if not any(e.phase == "update" for e in part.cited_trace(None, 0).events):
            message = f"the network of the race '{race.id}' has no update"
            yield place.fault(("race", i), message, "take the race away")
        settings = [(part.settings(told[name].dials), told[name].edits) for name in race.runs]
        for j, (name, each) in enumerate(zip(race.runs, settings, strict=True)):
            part.cited_trace(name, 0)
            if each in settings[:j]:
                message = f"'{name}' is the same run as another one of the race '{race.id}'"
                yield place.fault(("race", i, "runs"), message, "name each once")


# -- predictions -----------------------------------------------------------------------------------


def predictions(
    part: Part, lines: Lines, number: int, lookup: Lookup | None = None
) -> Iterator[LessonFault]:
    """Every answer key is proved, and what makes a wrong answer wrong is false."""
    place, lookup = Located(part, lines, number), lookup or part.lookup
    for i, prediction in enumerate(part.spec.predictions):
        here = ("prediction", i)
        try:
            for where, message, remedy in _proved(part, prediction, lookup):
                yield place.fault((*here, *where), message, remedy)
        except LessonFault:
            raise
        except (CourseError, TraceError) as error:
            yield place.fault((*here, "proof"), str(error), "mend the expression")


Finding = tuple[tuple[str | int, ...], str, str]


def _proved(part: Part, prediction: Prediction, lookup_of: Lookup) -> Iterator[Finding]:
    proof = prediction.proof
    lookup = lookup_of(proof.run, proof.step)
    if proof.expect is not None and not part.expression(proof.expect).truth(lookup):
        message = f"the proof of '{prediction.id}' fails: {proof.expect} is false"
        yield ("proof", "expect"), message, "mend the answer or the proof"
    if proof.value is not None:
        found = part.expression(proof.value).number(lookup)
        if not abs(found - float(prediction.answer)) <= prediction.tolerance:
            message = (
                f"the answer to '{prediction.id}' is {prediction.answer}, the run says {found!r}"
            )
            yield ("answer",), message, "mend the answer"
    for j, wrong in enumerate(prediction.wrong):
        if wrong.answer == prediction.answer:
            message = f"the answer {wrong.answer} of '{prediction.id}' is both right and wrong"
            yield ("wrong", j, "answer"), message, "mend one of them"
        if part.expression(wrong.expect).truth(lookup):
            message = f"wrong answer {wrong.answer} of '{prediction.id}' is true: {wrong.expect}"
            yield ("wrong", j, "expect"), message, "mend the choice or the expectation"
    if prediction.kind == "cell":
        trace = part.cited_trace(proof.run, proof.step)
        for address in (str(prediction.answer), *(str(w.answer) for w in prediction.wrong)):
            trace.find(address)
        if cells.parse(str(prediction.answer))[0] != prediction.among:
            message = f"the answer of '{prediction.id}' is not a cell of {prediction.among}"
            yield ("answer",), message, f"name a cell of {prediction.among}"

"""Where the steps of a part begin, and where its questions are asked."""

from __future__ import annotations

import pytest

from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_lesson
from tuiexplain.course.schema import At, Prediction, Proof, Step
from tuiexplain.course.walk import Place, Walk, matches
from tuiexplain.trace.trace import Trace


def traces(lesson: Lesson, part: str) -> list[Trace]:
    of = lesson.part(part)
    run = of.run()
    return [run.trace_at(k) for k in range(of.spec.train_steps)]


@pytest.fixture
def mazur() -> tuple[Lesson, list[Trace]]:
    lesson = open_lesson("backpropagation")
    return lesson, traces(lesson, "mazur")


@pytest.mark.parametrize("name", ["linear-regression", "backpropagation"])
def test_every_step_begins_somewhere_and_later_than_the_one_before(name: str) -> None:
    lesson = open_lesson(name)
    for part in lesson.parts:
        walk = Walk(part.spec, traces(lesson, part.id))
        assert walk.unmatched == []
        places = [place for _, place in walk.beginnings]
        assert places[0] == Place(0, 0)
        assert places == sorted(set(places))  # type: ignore[type-var]


@pytest.mark.parametrize("name", ["linear-regression", "backpropagation"])
def test_a_step_begins_at_the_first_event_that_matches(name: str) -> None:
    lesson = open_lesson(name)
    for part in lesson.parts:
        steps = traces(lesson, part.id)
        before = Place(0, 0)
        for step, place in Walk(part.spec, steps).beginnings:
            if step.at is None:
                continue
            assert place is not None
            between = [
                Place(k, e.index + 1)
                for k, trace in enumerate(steps)
                for e in trace.events
                if matches(step.at, e, trace) and step.at.train_step in (None, k)
            ]
            assert place == min(p for p in between if p > before)
            before = place


def test_the_words_last_until_the_next_step_begins(mazur: tuple[Lesson, list[Trace]]) -> None:
    lesson, steps = mazur
    walk = Walk(lesson.part("mazur").spec, steps)
    beginnings = {place: step.id for step, place in walk.beginnings}
    told = ""
    for k, trace in enumerate(steps):
        for position in range(len(trace.events) + 1):
            told = beginnings.get(Place(k, position), told)
            if (k, position) == (1, 0):
                assert walk.step_at(Place(k, position)).id == beginnings[Place(1, 1)]
                continue  # between training steps, the words of what is about to happen
            assert walk.step_at(Place(k, position)).id == told


def test_a_step_that_nothing_matches_is_passed_over(mazur: tuple[Lesson, list[Trace]]) -> None:
    lesson, steps = mazur
    spec = lesson.part("mazur").spec
    lost = spec._replace(steps=(*spec.steps[:2], Step("lost", At(op="softmax")), *spec.steps[2:]))
    walk = Walk(lost, steps)
    assert [step.id for step in walk.unmatched] == ["lost"]
    others = [b for b in walk.beginnings if b[0].id != "lost"]
    assert others == Walk(spec, steps).beginnings


def test_questions_between_two_places(mazur: tuple[Lesson, list[Trace]]) -> None:
    lesson, steps = mazur
    spec = lesson.part("mazur").spec
    walk = Walk(spec, steps)
    beginning = next(p for s, p in walk.beginnings if s.id == "m-h-grad")
    assert beginning is not None
    just_before = Place(beginning.training_step, beginning.position - 1)
    assert [q.id for q in walk.questions_after(just_before, beginning)] == ["m-old-or-new"]
    assert walk.questions_after(beginning, Place(0, beginning.position + 1)) == []
    everything = walk.questions_after(Place(0, 0), Place(99, 0))
    assert [q.id for q in everything] == [q.id for q in spec.predictions]


def test_two_questions_before_one_step_come_in_their_order(
    mazur: tuple[Lesson, list[Trace]],
) -> None:
    lesson, steps = mazur
    spec = lesson.part("mazur").spec
    again = Prediction("again", "m-h-grad", "choice", 1, Proof(expect="1 > 0"))
    walk = Walk(spec._replace(predictions=(spec.predictions[0], again)), steps)
    found = walk.questions_after(Place(0, 0), Place(1, 0))
    assert [q.id for q in found] == ["m-old-or-new", "again"]

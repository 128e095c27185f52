"""A lesson walked through, there and back, without a screen."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tuiexplain.course.loading import open_lesson
from tuiexplain.course.progress import Place as Kept
from tuiexplain.course.session import SEED, Session
from tuiexplain.course.walk import Place
from tuiexplain.trace.player import Zoom

LESSONS = ("linear-regression", "backpropagation")

Where = tuple[int, Place, str | None, str]


def where(session: Session) -> Where:
    """Everything that says where a learner is: part, step, event, question, and the words there."""
    question = session.question.id if session.question else None
    return session.at, session.bench.place, question, session.block_id


def walked(session: Session, move: Callable[[], bool]) -> list[Where]:
    """Every place on the way from here until ``move`` leads no further."""
    places = [where(session)]
    while move():
        places.append(where(session))
        assert len(places) < 5_000, "this way has no end"
    return places


def start(lesson: str) -> Session:
    return Session(open_lesson(lesson))


def to_question(session: Session, question: str | None = None) -> Session:
    """Walk on to a question."""
    while session.next():
        if session.question is not None and question in (None, session.question.id):
            return session
    raise AssertionError(f"never asked: {question}")


# -- one event on, one event back ------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS)
def test_back_is_the_exact_inverse_of_next_through_the_whole_lesson(lesson: str) -> None:
    session = start(lesson)
    there = walked(session, session.next)
    back = walked(session, session.previous)
    assert back == there[::-1]
    assert len(set(there)) == len(there), "a place was passed twice"


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_walk_leaves_nothing_out(lesson: str) -> None:
    session = start(lesson)
    there = walked(session, session.next)
    for at, part in enumerate(session.lesson.parts):
        bench = session.bench_of(at)
        for training_step in range(part.spec.train_steps):
            events = len(bench.run.trace_at(training_step).events)
            visited = [
                p.position
                for i, p, q, _ in there
                if (i, p.training_step) == (at, training_step) and not q
            ]
            assert visited == list(range(events + 1))
        asked = [question for i, _, question, _ in there if i == at and question]
        assert sorted(asked) == sorted(p.id for p in part.spec.predictions)
        told = {block for i, _, question, block in there if i == at and not question}
        assert told == {step.id for step in part.spec.steps}, "a step of the lesson is never told"


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_question_comes_before_the_event_that_answers_it(lesson: str) -> None:
    session = start(lesson)
    while session.next():
        if session.question is None:
            continue
        answered_at = {step.id: place for step, place in session.bench.walk.beginnings}[
            session.question.before
        ]
        assert answered_at is not None
        assert session.bench.place < answered_at
        assert Place(session.bench.training_step, session.bench.place.position + 1) == answered_at


@pytest.mark.parametrize("lesson", [*LESSONS, "convolution", "generation", "tokenization"])
def test_no_step_is_told_before_the_question_about_it(lesson: str) -> None:
    session = start(lesson)
    asked: set[str] = set()
    while session.watching is None:
        spec = session.lesson.parts[session.at].spec
        if session.question is not None:
            asked.add(session.question.id)
        else:
            assert {p.id for p in spec.predictions if p.before == session.block_id} <= asked
        if not session.next():
            break
    assert asked


def test_a_question_before_a_training_step_is_found_by_its_name() -> None:
    session = start("generation")
    session.go_to_block("c-next")
    assert where(session)[2:] == ("c-next", "c-next")
    assert where(session) == where(to_question(start("generation"), "c-next"))
    back = start("generation")
    back.go_to_block("c2-new")
    assert back.previous()
    assert back.previous()
    assert where(back) == where(session)


def test_random_moves_agree_with_the_list_of_places() -> None:
    rng = random.Random(20)
    session = start("backpropagation")
    there = walked(session, session.next)
    at = len(there) - 1
    for _ in range(1_000):
        if rng.random() < 0.5:
            moved = session.next()
            assert moved == (at < len(there) - 1)
            at = min(at + 1, len(there) - 1)
        else:
            moved = session.previous()
            assert moved == (at > 0)
            at = max(at - 1, 0)
        assert where(session) == there[at]


def test_beyond_the_walk_the_steps_of_training_go_on_and_back() -> None:
    session = start("linear-regression")
    session.bench.open(40)
    there = [where(session)]
    for _ in range(40):
        assert session.next()
        there.append(where(session))
    assert there[-1][1].training_step > 41
    back = [where(session)]
    for _ in range(40):
        assert session.previous()
        back.append(where(session))
    assert back == there[::-1]
    assert all(question is None for _, _, question, _ in there)


# -- by the zoom -----------------------------------------------------------------------------------


@pytest.mark.parametrize("zoom", [Zoom.EVENT, Zoom.LAYER, Zoom.PHASE])
@pytest.mark.parametrize("lesson", LESSONS)
def test_stops_are_the_same_both_ways(lesson: str, zoom: Zoom) -> None:
    session = start(lesson)
    session.zoom = zoom
    there = walked(session, session.next_stop)
    assert walked(session, session.previous_stop) == there[::-1]
    assert {at for at, *_ in there} == set(range(len(session.lesson.parts)))


def test_a_phase_at_a_time_stops_at_the_ends_of_the_phases() -> None:
    session = start("backpropagation")
    session.zoom = Zoom.PHASE
    while session.next_stop():
        player = session.bench.player
        if player.event is None or player.position == len(player):
            continue
        assert player.event.phase != player.trace.events[player.position].phase


def test_a_training_step_at_a_time_keeps_the_event() -> None:
    session = start("linear-regression")
    session.bench.player.go_to(3)
    session.zoom = Zoom.STEP
    assert session.next_stop()
    assert session.bench.place == Place(1, 3)
    assert session.next_stop()
    assert session.bench.place == Place(2, 3)
    assert session.previous_stop()
    assert session.previous_stop()
    assert session.bench.place == Place(0, 3)
    assert not session.previous_stop()


def test_an_epoch_at_a_time_takes_every_row_once() -> None:
    session = start("linear-regression")
    session.open_part(2)
    session.bench.turn("batch_size", "32")
    session.zoom = Zoom.EPOCH
    assert session.next_stop()
    assert session.bench.training_step == 14  # 442 patients, 32 at a time
    assert session.previous_stop()
    assert session.bench.training_step == 0


def test_where_nothing_learns_there_is_no_next_training_step() -> None:
    session = start("backpropagation")
    session.zoom = Zoom.STEP
    assert not session.bench.learns
    assert not session.next_stop()


def test_to_the_ends_of_a_training_step() -> None:
    session = to_question(start("linear-regression"))
    session.last_event()
    assert session.bench.player.position == len(session.bench.player)
    assert session.question is None
    session.first_event()
    assert session.bench.place == Place(0, 0)


# -- questions -------------------------------------------------------------------------------------


def test_a_right_and_a_wrong_choice() -> None:
    session = to_question(start("linear-regression"), "which-larger")
    assert session.answer(1).right is False
    assert session.answer(2).right is True
    assert session.answers["which-larger"].given == 2


def test_a_number_is_right_within_its_tolerance() -> None:
    session = to_question(start("linear-regression"), "cf-lifted")
    assert session.answer(5.0 + 5e-7).right
    assert not session.answer(5.1).right
    assert not session.answer(float("nan")).right
    assert not session.answer(float("inf")).right


def test_a_skipped_question_is_not_right() -> None:
    session = to_question(start("linear-regression"))
    answer = session.answer(None)
    assert answer.given is None
    assert not answer.right


# -- keeping the place -----------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_place_is_found_again(lesson: str) -> None:
    session = start(lesson)
    for _ in range(35):
        session.next()
    session.question = None
    session.zoom = Zoom.PHASE
    dial = session.bench.part.dials[0]
    session.bench.turn(dial.id, dial.maximum)
    kept = session.standing()
    again = start(lesson)
    again.resume(kept)
    assert again.standing() == kept
    assert where(again) == where(session)
    assert [again.bench.trace.data(v).tolist() for v in again.bench.trace.values] == [
        session.bench.trace.data(v).tolist() for v in session.bench.trace.values
    ]


def test_a_place_of_another_seed_is_found_again() -> None:
    session = start("linear-regression")
    session.open_part(2)
    session.bench.turn("batch_size", "8")
    session.bench.reseed(12)
    session.bench.open(3)
    again = start("linear-regression")
    again.resume(session.standing())
    assert again.bench.seed == 12
    assert again.bench.settings == session.bench.settings
    x, y = (s.bench.trace.data(s.bench.trace.value("x")) for s in (session, again))
    assert x.tolist() == y.tolist()


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        (Kept("linear-regression", "gone", 1, 3), (0, Place(0, 0))),
        (Kept("linear-regression", "table", 1, 999), (2, Place(1, 13))),
        (Kept("linear-regression", "table", -4, -4), (2, Place(0, 0))),
        (Kept("linear-regression", "line", 0, 2, dials={"gone": 3.0}), (0, Place(0, 2))),
        (Kept("linear-regression", "line", 0, 2, "galaxy"), (0, Place(0, 2))),
        (Kept("linear-regression", "table", 0, 2, dials={"batch_size": "7"}), (2, Place(0, 2))),
        (Kept("linear-regression", "line", 0, 2, dials={"lr": "much"}), (0, Place(0, 2))),
        (Kept("linear-regression", "line", 0, 2, dials={SEED: "x"}), (0, Place(0, 2))),
    ],
)
def test_what_the_lesson_no_longer_has_leads_to_the_nearest(
    kept: Kept, found: tuple[int, Place]
) -> None:
    session = start("linear-regression")
    session.resume(kept)
    assert (session.at, session.bench.place) == found
    assert session.bench.settings == session.bench.part.settings()


def test_the_end_of_a_part_is_known() -> None:
    session = start("linear-regression")
    done = []
    while True:
        if session.part_done and session.question is None:
            done.append(session.bench.part.id)
        if not session.next():
            break
    assert done == [part.id for part in session.lesson.parts]

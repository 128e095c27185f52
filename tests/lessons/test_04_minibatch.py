"""Lesson 04: batch sizes over epochs, the noise floor, b^-1/2, and what noise can do."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lessons.conftest import lesson
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.session import Session
from tuiexplain.course.workbench import Workbench
from tuiexplain.screens.lesson.cards import cards
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.figures import figures
from tuiexplain.trace.run import Run
from tuiexplain.views.look import look

SEEDS = range(20)
ONE = {"batch": 1, "lr": 0.02}


@pytest.fixture(scope="module")
def lesson_04() -> Lesson:
    return lesson(4)


def trained(of: Lesson, part: str, steps: int, seed: int | None = None, **dials: object) -> Run:
    part_of = of.part(part)
    run = part_of.run(part_of.settings(dials), seed)
    run.extend_to(steps)
    return run


def loss_after(of: Lesson, epochs: int, seed: int, **dials: object) -> float:
    """The loss on all rows."""
    run = trained(of, "batches", 1, seed, **dials)
    step = epochs * run.program.steps_per_epoch
    return run.measured("full_loss", step)


def test_after_one_epoch_the_smaller_batch_is_lower(lesson_04: Lesson) -> None:
    for seed in SEEDS:
        one, eight, thirty, whole = (
            loss_after(lesson_04, 1, seed, **dials)
            for dials in (ONE, {}, {"batch": 32}, {"batch": 256})
        )
        assert one < eight < thirty < whole
        assert one < 0.02
        assert 0.02 < eight < 0.2
        assert 15 < whole < 35


def test_with_a_constant_rate_it_hovers_and_with_decay_it_settles(lesson_04: Lesson) -> None:
    for seed in SEEDS:
        run = trained(lesson_04, "batches", 1, seed, **ONE)
        floor = run.measured("floor", 0)
        hovering = np.mean([run.measured("full_loss", k) for k in range(1024, 1536, 16)])
        settled = loss_after(lesson_04, 6, seed, **ONE, decay=0.5)
        assert hovering > 1.01 * floor
        assert floor < settled < 1.005 * floor


def test_no_weights_are_below_the_floor(lesson_04: Lesson) -> None:
    run = trained(lesson_04, "batches", 20, batch=256, lr=0.5)
    assert run.measured("full_loss", 20) == pytest.approx(run.measured("floor", 0), rel=1e-6)


def test_the_rate_decays_as_the_dial_says(lesson_04: Lesson) -> None:
    plain = trained(lesson_04, "batches", 33)
    halved = trained(lesson_04, "batches", 33, decay=0.5)
    for step, share in ((0, 1.0), (16, 0.5**0.5), (32, 0.5)):
        state, after = halved.state_at(step)["w"], halved.state_at(step + 1)["w"]
        grad = halved.trace_at(step).value("w.grad")
        move = halved.trace_at(step).data(grad) * 0.05 * share
        np.testing.assert_allclose(state - after, move, rtol=1e-9, atol=1e-12)
    assert plain.losses[0] == halved.losses[0]


def test_the_spread_falls_as_the_root_of_the_batch(lesson_04: Lesson) -> None:
    sizes = (1, 4, 16, 64)
    spreads = [
        np.mean([trained(lesson_04, "spread", 1, batch=b, draw=d).losses[0] for d in range(1, 21)])
        for b in sizes
    ]
    slope = np.polyfit(np.log(sizes), np.log(spreads), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.02)


def test_how_many_escape_over_seeds(lesson_04: Lesson) -> None:
    def escaped(seed: int, noise: float) -> float:
        run = trained(lesson_04, "walkers", 311, seed, noise=noise)
        return run.measured("escaped", 310)

    for seed in SEEDS:
        none, half, plain, strong = (escaped(seed, noise) for noise in (0, 0.5, 1, 2))
        assert none == 0
        assert half < 0.06
        assert 0.4 < plain < strong < 0.95


def test_the_race_keeps_pace_by_epochs_and_by_updates(lesson_04: Lesson) -> None:
    bench = Workbench(lesson_04.part("batches"))
    assert bench.axis == "epochs"
    bench.start_race(bench.part.spec.races[0])
    bench.begin_training()
    while bench.train_for(1.0):
        pass
    assert [lane.run.length for lane in bench.lanes] == [128, 4, 32, 1024]
    bench.axis = "updates"
    while bench.train_for(1.0):
        pass
    assert [lane.run.length for lane in bench.lanes] == [128, 128, 128, 1024]


def test_a_batchs_rows_are_labelled_and_its_columns_are_features(lesson_04: Lesson) -> None:
    desk = Desk(Session(lesson_04))
    desk.settle()
    matrices = {m.title: m for card in cards(desk) for m in card.matrices}
    assert list(matrices["x"].column_labels) == ["x1", "x2"]
    assert all(label.startswith("#") for label in matrices["x"].row_labels)
    assert len(matrices["x"].row_labels) == 8


def test_the_walkers_stand_in_heaps(lesson_04: Lesson) -> None:
    session = Session(lesson_04)
    session.open_part(2)
    desk = Desk(session)
    desk.settle()
    start = figures(desk, 60, 20, look(), "en").text
    session.bench.open(310)
    later = figures(desk, 60, 20, look(), "en").text
    assert start.splitlines()[-1] == later.splitlines()[-1], "the picture stands still"
    left = [line[5:25] for line in later.splitlines()[1:-2]]
    before = [line[5:25] for line in start.splitlines()[1:-2]]
    assert sum(c == "⣿" for line in left for c in line) > sum(
        c == "⣿" for line in before for c in line
    )

"""Lesson 10: what each optimiser remembers, d2l's ravine, Adam's first step, and the race."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lessons.conftest import lesson
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.session import Session
from tuiexplain.course.workbench import Workbench
from tuiexplain.screens.lesson.cards import cards
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.run import Run

SEEDS = range(20)


@pytest.fixture(scope="module")
def lesson_10() -> Lesson:
    return lesson(10)


def trained(of: Lesson, part: str, steps: int, seed: int | None = None, **dials: object) -> Run:
    part_of = of.part(part)
    run = part_of.run(part_of.settings(dials), seed)
    run.extend_to(steps)
    return run


def test_without_momentum_the_steep_way_diverges(lesson_10: Lesson) -> None:
    state = trained(lesson_10, "momentum", 20, momentum=0).state_at(20)
    assert float(state["x2"]) == pytest.approx(-2 * (1 - 0.6 * 4) ** 20)


@pytest.mark.parametrize("beta", [0.25, 0.5, 0.9])
def test_momentum_is_what_its_formula_says(lesson_10: Lesson, beta: float) -> None:
    x, v = np.array([-5.0, -2.0]), np.zeros(2)
    for _ in range(20):
        v = beta * v + np.array([0.2, 4.0]) * x
        x = x - 0.6 * v
    state = trained(lesson_10, "momentum", 20, momentum=beta).state_at(20)
    assert [float(state["x1"]), float(state["x2"])] == pytest.approx(x.tolist(), rel=1e-12)


@pytest.mark.parametrize("slope", ["a", "b"])
@pytest.mark.parametrize("lr", [0.001, 0.01, 0.1, 1.0])
def test_adams_first_step_is_eta(lesson_10: Lesson, slope: str, lr: float) -> None:
    state = trained(lesson_10, "slopes", 1, lr=lr).state_at(1)
    assert float(state[slope]) == pytest.approx(-lr, rel=2e-5)


def test_the_order_of_the_race_holds_over_seeds(lesson_10: Lesson) -> None:
    """At one η: plain, then momentum, then Adam. RMSProp's place changes with the seed."""
    names = ("sgd", "momentum", "adam")
    ends = {
        name: [
            trained(lesson_10, "spiral", 600, seed, optimizer=name).measured("full_loss", 599)
            for seed in SEEDS
        ]
        for name in names
    }
    for plain, momentum, adam in zip(*(ends[name] for name in names), strict=True):
        assert plain > momentum > adam


def test_adam_needs_an_eta_that_fits(lesson_10: Lesson) -> None:
    for seed in SEEDS:
        slow, fits, wild = (
            trained(lesson_10, "spiral", 600, seed, lr=lr).measured("full_loss", 599)
            for lr in (0.001, 0.1, 1.0)
        )
        assert fits < 0.25
        assert slow > 2 * fits
        assert wild > 2 * fits


def test_all_runners_of_the_race_get_the_same_batches(lesson_10: Lesson) -> None:
    bench = Workbench(lesson_10.part("spiral"))
    bench.start_race(bench.part.spec.races[0])
    batches = [lane.run.program.batch(3)["x"] for lane in bench.lanes]  # type: ignore[attr-defined]
    starts = [lane.run.state_at(0)["W1"] for lane in bench.lanes]
    assert len(batches) == 4
    for batch, start in zip(batches, starts, strict=True):
        np.testing.assert_array_equal(batch, batches[0])
        np.testing.assert_array_equal(start, starts[0])


def test_the_memory_stands_beside_its_weight(lesson_10: Lesson) -> None:
    session = Session(lesson_10)
    session.open_part(3)
    session.bench.open_end(1)
    desk = Desk(session)
    desk.settle()
    trace = desk.trace
    groups = [[trace.values[int(str(i))].name for i in card.keys] for card in cards(desk)]
    (beside,) = (group for group in groups if group[0] == "W1")
    assert beside == ["W1", "W1.grad", "W1.m'", "W1.v'", "W1'"]

"""Lesson 25: what its claims rest on, over many seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_lesson
from tuiexplain.trace.run import Run

STEPS, SEEDS = 200, range(20)


@pytest.fixture(scope="module")
def lesson_25() -> Lesson:
    return open_lesson("fine-tuning")


def trained(lesson: Lesson, prompt: str, seed: int) -> Run:
    run = lesson.part("masked").run({"prompt": prompt}, seed)
    run.extend_to(STEPS)
    return run


@pytest.fixture(scope="module")
def runs(lesson_25: Lesson) -> list[tuple[Run, Run]]:
    return [
        (trained(lesson_25, "ignored", seed), trained(lesson_25, "learnt", seed)) for seed in SEEDS
    ]


def test_with_the_mask_the_loss_goes_to_zero_and_without_it_to_a_toss_up(
    runs: list[tuple[Run, Run]],
) -> None:
    floor = 4 * math.log(2) / 14
    for masked, unmasked in runs:
        assert max(masked.losses[-10:]) < 0.002
        assert np.mean(unmasked.losses[-40:]) == pytest.approx(floor, abs=0.01)


def test_without_the_mask_it_also_learns_to_ask(runs: list[tuple[Run, Run]]) -> None:
    for masked, unmasked in runs:
        last = STEPS - 1
        assert unmasked.measured("asks", last) < 0.48
        assert masked.measured("asks", last) > 1.5


def test_what_is_ignored_costs_nothing_and_gives_nothing_back(lesson_25: Lesson) -> None:
    trace = lesson_25.part("masked").run({}, 1).trace_at(0)
    data = {value.name: trace.data(value) for value in trace.values}
    assert data["answers"].tolist()[:3] == [-100] * 3
    assert (data["losses"][:3] == 0).all()
    assert (data["losses"][3:] > 0).all()
    assert (data["scores.grad"][:3] == 0).all()
    assert data["loss"] == pytest.approx(data["losses"].sum() / 4)


def test_what_is_read_learns_though_it_is_not_asked(lesson_25: Lesson) -> None:
    trace = lesson_25.part("masked").run({}, 1).trace_at(0)
    gradient = trace.data(trace.value("E.grad"))
    assert (np.abs(gradient[1:4]).max(axis=1) > 0).all()

"""Lesson 11: a chain of ten, the sizes through ten layers over many seeds, and what is dead."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lessons.conftest import lesson
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.trace.trace import Trace

SEEDS = range(20)


@pytest.fixture(scope="module")
def lesson_11() -> Lesson:
    return lesson(11)


@pytest.fixture(scope="module")
def deep(lesson_11: Lesson) -> Part:
    return lesson_11.part("deep")


def first(part: Part, seed: int | None = None, **dials: object) -> Trace:
    """The first training step."""
    return part.run(part.settings(dials), seed).trace_at(0)


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def norm(trace: Trace, name: str) -> float:
    return float(np.sqrt(np.square(numbers(trace, name)).sum()))


def ratio(trace: Trace) -> float:
    """How much of the last layer's gradient the first layer's is."""
    return norm(trace, "W1.grad") / norm(trace, "W10.grad")


@pytest.mark.parametrize(("w", "expected"), [(1, 0.25**10), (2, 0.5**10), (4, 1), (8, 2**10)])
def test_the_chain_multiplies(lesson_11: Lesson, w: float, expected: float) -> None:
    trace = first(lesson_11.part("chain"), w=w)
    assert float(numbers(trace, "x.grad")[0]) == pytest.approx(expected, rel=1e-12)


def test_a_millionth_arrives_through_sigmoids_and_nearly_all_through_relus(deep: Part) -> None:
    for seed in SEEDS:
        silent = ratio(first(deep, seed))
        heard = ratio(first(deep, seed, act="ReLU", init="He"))
        assert 1e-7 < silent < 1e-5, seed
        assert 0.1 < heard < 10, seed
        assert ratio(first(deep, seed, act="tanh")) > 0.1, seed


def test_with_a_loss_that_pulls_all_outputs_one_way_it_is_the_published_six_ten_millionths() -> (
    None
):
    """The sum of the outputs behind a tenth sigmoid, which a lesson would not train on."""
    ratios = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        weights = [rng.normal(size=(32, 32)) / np.sqrt(32) for _ in range(10)]
        inputs = [rng.normal(size=(32, 32))]
        for weight in weights:
            inputs.append(1 / (1 + np.exp(-inputs[-1] @ weight.T)))
        back, gradients = np.ones((32, 32)), []
        for i in reversed(range(10)):
            back = back * inputs[i + 1] * (1 - inputs[i + 1])
            gradients.append(np.linalg.norm(back.T @ inputs[i]))
            back = back @ weights[i]
        ratios.append(gradients[-1] / gradients[0])
    assert min(ratios) > 1e-7
    assert max(ratios) < 2e-6
    assert 3e-7 < np.median(ratios) < 1e-6


def test_how_wide_the_numbers_stay(deep: Part) -> None:
    through_he, first_he, exploded = [], [], []
    for seed in SEEDS:
        he = first(deep, seed, act="ReLU", init="He")
        through_he.append([numbers(he, f"h{i}").std() for i in range(1, 10)])
        first_he.append(numbers(he, "h1").std())
        wide = first(deep, seed, act="ReLU", init="N(0,1)")
        exploded.append(np.maximum(numbers(wide, "y"), 0).std())
        assert numbers(first(deep, seed, act="ReLU", init="tiny"), "h9").std() < 1e-11
    assert np.mean(first_he) == pytest.approx(np.sqrt(1 - 1 / np.pi), abs=0.03)
    assert np.all((np.array(through_he) > 0.15) & (np.array(through_he) < 2.5))
    assert np.median(through_he) == pytest.approx(0.81, abs=0.15)
    assert min(exploded) > 1e5
    assert np.median(exploded) == pytest.approx(8.5e5, rel=0.5)
    assert max(exploded) < 1e7


def test_the_rows_are_alike_behind_nine_sigmoids(deep: Part) -> None:
    trace = first(deep)
    spread = [numbers(trace, f"h{i}").std(axis=0).mean() for i in (1, 9)]
    assert spread[1] < 1e-4 * spread[0]


def test_what_the_silent_net_learns_is_one_answer_for_all_rows(deep: Part) -> None:
    for seed in range(5):
        run = deep.run(None, seed)
        t = numbers(run.trace_at(0), "t")
        run.extend_to(301)
        same_for_all = np.square(t - t.mean(axis=0)).mean()
        assert run.losses[300] == pytest.approx(same_for_all, abs=1e-3)
        other = deep.run(deep.settings({"act": "tanh"}), seed)
        other.extend_to(301)
        assert other.losses[300] < 0.8 * run.losses[300]


def test_after_the_explosion_every_relu_behind_the_first_layer_is_dead(deep: Part) -> None:
    run = deep.run(deep.settings({"act": "ReLU", "init": "N(0,1)"}))
    for step in (2, 9, 30):
        trace = run.trace_at(step)
        assert all(numbers(trace, f"h{i}").max() == 0 for i in range(2, 10))
        assert all(norm(trace, f"W{i}.grad") == 0 for i in range(1, 11))
        assert run.losses[step] == 1


def test_zero_learns_nothing_and_with_sigmoids_the_units_stay_alike(deep: Part) -> None:
    run = deep.run(deep.settings({"act": "ReLU", "init": "zero"}))
    for step in (0, 50):
        assert all(norm(run.trace_at(step), f"W{i}.grad") == 0 for i in range(1, 11))
    alike = deep.run(deep.settings({"init": "zero"})).trace_at(50)
    assert np.ptp(numbers(alike, "W9"), axis=0).max() == 0
    assert norm(alike, "W9.grad") > 0

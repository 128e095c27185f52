"""Lesson 20: what heads share, what order does, and which positions are alike."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lessons.conftest import lesson
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.engine.positions import rotate, sinusoidal_positions
from tuiexplain.engine.tensors import Tensor
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind

SEEDS = range(20)
TEXTS = ("a", "千里之行始于足下", "the cat sat on the mat", "🙂 🙂")


@pytest.fixture(scope="module")
def lesson_20() -> Lesson:
    return lesson(20)


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def first(part: Part, seed: int | None = None, **dials: object) -> Trace:
    return part.run(part.settings(dials), seed).trace_at(0)


@pytest.mark.parametrize("heads", [1, 2, 4])
@pytest.mark.parametrize("text", TEXTS)
def test_heads_share_the_numbers_there_are(lesson_20: Lesson, heads: int, text: str) -> None:
    trace = first(lesson_20.part("heads"), heads=heads, text=text)
    parameters = [v for v in trace.values if v.kind is Kind.PARAMETER and not v.producer]
    assert sum(v.size for v in parameters) == 64
    weights = numbers(trace, "A")
    assert weights.shape[0] == heads
    np.testing.assert_allclose(weights.sum(-1), 1)
    gradients = numbers(trace, "scaled.grad")
    np.testing.assert_allclose(gradients.sum(-1), 0, atol=1e-15)


def test_more_heads_learn_this_task_better(lesson_20: Lesson) -> None:
    part = lesson_20.part("heads")
    losses = []
    for seed in SEEDS:
        runs = [part.run(part.settings({"heads": heads}), seed) for heads in (1, 2, 4)]
        for run in runs:
            run.extend_to(501)
        losses.append([run.losses[-1] for run in runs])
    one, two, four = np.array(losses).T
    assert (two < one).mean() >= 0.9
    assert (four < one).mean() >= 0.9
    assert one.mean() > two.mean() > four.mean()


@pytest.mark.parametrize("text", [*TEXTS[1:], "dog bites man"])
def test_without_positions_order_does_nothing_and_with_them_it_does(
    lesson_20: Lesson, text: str
) -> None:
    part = lesson_20.part("order")
    for seed in SEEDS:
        assert numbers(first(part, seed, text=text), "largest") < 1e-12
        if len(set(text.split())) > 1 or len(text.split()) == 1:
            placed = first(part, seed, text=text, positions="sinusoidal")
            assert numbers(placed, "largest") > 0.1


@pytest.mark.parametrize(("length", "d"), [(4, 4), (12, 8), (2, 2)])
def test_the_table_is_the_papers(lesson_20: Lesson, length: int, d: int) -> None:
    trace = first(lesson_20.part("table"), length=length, d=d)
    expected = sinusoidal_positions(length, d).data
    np.testing.assert_allclose(numbers(trace, "PE"), expected, rtol=1e-12)
    alike = numbers(trace, "alike")
    for distance in range(length):
        diagonal = np.diagonal(alike, distance)
        np.testing.assert_allclose(diagonal, diagonal[0], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("theta", [0, 0.25, 1.57])
def test_rotary_scores_depend_on_the_distance_only(lesson_20: Lesson, theta: float) -> None:
    part = lesson_20.part("rotary")
    scores = []
    for shift in (0, 7, 20):
        trace = first(part, theta=theta, shift=shift)
        turned = (np.arange(6) + shift)[:, None] * theta
        q = np.tile(numbers(trace, "q"), (6, 1))
        expected = rotate(Tensor(q), turned).data
        np.testing.assert_allclose(numbers(trace, "Q"), expected, rtol=1e-10, atol=1e-12)
        scores.append(numbers(trace, "S"))
    for found in scores:
        np.testing.assert_allclose(found, scores[0], atol=1e-12)
        for distance in range(-5, 6):
            np.testing.assert_allclose(
                np.diagonal(found, distance), np.diagonal(found, distance)[0], atol=1e-12
            )

"""Lesson 19: order, masks, the root of d, and what weights do not explain."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lessons.conftest import lesson
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.trace.replay import Edit, replay
from tuiexplain.trace.trace import Trace

SEEDS = range(20)
TEXTS = ("a", "千里之行始于足下", "the cat sat on the mat", "🙂 🙂", "שלום עולם", "x" * 5000)


@pytest.fixture(scope="module")
def lesson_19() -> Lesson:
    return lesson(19)


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def first(part: Part, seed: int | None = None, **dials: object) -> Trace:
    return part.run(part.settings(dials), seed).trace_at(0)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("mask", ["all", "causal"])
def test_any_text_is_learnt_from(lesson_19: Lesson, text: str, mask: str) -> None:
    part = lesson_19.part("look")
    run = part.run(part.settings({"text": text, "mask": mask}))
    np.testing.assert_allclose(numbers(run.trace_at(0), "A").sum(-1), 1)
    run.extend_to(200)
    assert run.losses[-1] < run.losses[0]


def test_a_word_has_the_same_numbers_wherever_it_stands(lesson_19: Lesson) -> None:
    part = lesson_19.part("look")
    x = numbers(first(part, text="the cat sat on the mat"), "x")
    assert (x[0] == x[4]).all()
    assert (x[0] != x[1]).any()


def test_backwards_the_outputs_are_backwards(lesson_19: Lesson) -> None:
    part = lesson_19.part("look")
    for text in TEXTS[1:3]:
        written, backwards = (
            numbers(first(part, text=text, order=order), "Y")
            for order in ("as written", "backwards")
        )
        np.testing.assert_allclose(backwards[::-1], written, rtol=1e-12)


def test_a_mask_set_by_hand_hides_a_word_and_its_gradient(lesson_19: Lesson) -> None:
    trace = first(lesson_19.part("look"))
    hidden = replay(trace, [Edit(trace.value("mask").id, (1, 4), 0.0)])
    assert numbers(hidden, "A")[1, 4] == 0
    assert numbers(hidden, "scaled.grad")[1, 4] == 0
    np.testing.assert_allclose(numbers(hidden, "A").sum(-1), 1)
    assert (numbers(hidden, "A")[0] == numbers(trace, "A")[0]).all()


def test_the_scores_gradients_cancel_in_each_row(lesson_19: Lesson) -> None:
    for mask in ("all", "causal"):
        gradient = numbers(first(lesson_19.part("look"), mask=mask), "seen.grad")
        np.testing.assert_allclose(gradient.sum(-1), 0, atol=1e-15)


def test_divided_by_the_root_of_d_no_key_takes_it_all(lesson_19: Lesson) -> None:
    part = lesson_19.part("wide")
    tops: dict[str, list[float]] = {"nothing": [], "√d": []}
    for seed in SEEDS:
        for divide, found in tops.items():
            trace = first(part, seed, divide=divide)
            found.append(float(numbers(trace, "mean_top")))
            assert 6 < numbers(trace, "spread") < 10
        assert tops["nothing"][-1] > 2 * tops["√d"][-1]
    assert np.mean(tops["nothing"]) == pytest.approx(0.875, abs=0.02)
    assert np.mean(tops["√d"]) == pytest.approx(0.365, abs=0.02)


def test_divided_the_softmax_can_still_learn_at_any_width(lesson_19: Lesson) -> None:
    part = lesson_19.part("wide")
    for seed in SEEDS:
        for d in (16, 64, 256):
            free, divided = (
                float(numbers(first(part, seed, divide=divide, d=d), "mean_slope"))
                for divide in ("nothing", "√d")
            )
            assert divided > 1.5 * free


def test_the_word_with_the_least_weight_is_missed_most(lesson_19: Lesson) -> None:
    part = lesson_19.part("without")
    trace = first(part)
    weights, change = numbers(trace, "A"), numbers(trace, "change")
    assert weights.argmin() == change.argmax() == 4
    V, Y = numbers(trace, "V"), numbers(trace, "Y")
    expected = weights / (1 - weights) * np.linalg.norm(V - Y, axis=-1)
    np.testing.assert_allclose(change, expected, rtol=1e-10)

"""Lesson 26: who learns first, which rank is enough, and why the adapters go to the embedding."""

from __future__ import annotations

import numpy as np
import pytest

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_folder
from tuiexplain.trace.trace import Trace

SEEDS = range(20)


@pytest.fixture(scope="module")
def lesson_26() -> Lesson:
    return open_folder(lessons_root() / "26-lora")


def opened(lesson: Lesson, part: str, step: int, seed: int, **dials: object) -> Trace:
    found = lesson.part(part)
    return found.run(found.settings(dials), seed).trace_at(step)


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def loss(lesson: Lesson, seed: int, steps: int = 250, **dials: object) -> float:
    return float(numbers(opened(lesson, "adapter", steps, seed, **dials), "loss"))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rank_too_low_stops_and_one_that_is_enough_arrives(lesson_26: Lesson, seed: int) -> None:
    """Eckart and Young: what is left is the sum of the squares that do not fit into the rank."""
    asked = np.roll(np.eye(3), -1, axis=0) - np.eye(3)
    squares = np.linalg.svd(asked, compute_uv=False) ** 2
    one, two = (loss(lesson_26, seed, 400, rank=r) for r in (1, 2))
    assert one == pytest.approx(squares[1:].sum(), abs=1e-2)
    assert two == pytest.approx(squares[2:].sum(), abs=1e-2)
    assert one > two + 2


@pytest.mark.parametrize("seed", SEEDS)
def test_with_two_zeros_nothing_is_ever_learnt(lesson_26: Lesson, seed: int) -> None:
    assert loss(lesson_26, seed, 60, start="both zero") == loss(lesson_26, seed, 0) == 6.0


@pytest.mark.parametrize(("start", "zero", "random"), [("B zero", "A", "B"), ("A zero", "B", "A")])
def test_the_factor_that_is_zero_learns_first(
    lesson_26: Lesson, start: str, zero: str, random: str
) -> None:
    for seed in SEEDS:
        first = opened(lesson_26, "adapter", 0, seed, start=start)
        assert np.array_equal(numbers(first, "y"), numbers(first, "Wx"))
        assert not numbers(first, f"{zero}.grad").any()
        assert numbers(first, f"{random}.grad").any()
        second = opened(lesson_26, "adapter", 1, seed, start=start)
        assert numbers(second, f"{zero}.grad").any()


@pytest.mark.parametrize(("cycle", "rank"), [(3, 2), (5, 4), (8, 2)])
def test_merged_or_apart_the_answers_are_the_same(lesson_26: Lesson, cycle: int, rank: int) -> None:
    trace = opened(lesson_26, "merge", 0, 7, cycle=cycle, rank=rank)
    assert np.abs(numbers(trace, "apart") - numbers(trace, "y")).max() < 1e-12
    assert np.linalg.matrix_rank(numbers(trace, "change"), tol=1e-9) == rank


def test_the_merged_layer_was_trained_as_in_the_first_part(lesson_26: Lesson) -> None:
    trained = opened(lesson_26, "adapter", 200, 7)
    merged = opened(lesson_26, "merge", 0, 7)
    for name in ("A", "B"):
        assert np.allclose(numbers(trained, name), numbers(merged, name), atol=1e-12)


def test_the_base_model_hardly_tells_digits_apart() -> None:
    """Why a frozen embedding keeps LoRA from learning to add."""
    safetensors = pytest.importorskip("safetensors.numpy")
    file = lessons_root() / "data" / "base.safetensors"
    table = safetensors.load_file(file)["model.transformer.wte.weight"].astype(float)

    def spread(first: str, last: str) -> float:
        rows = table[ord(first) : ord(last) + 1]
        middle = rows.mean(axis=0)
        return float(np.linalg.norm(rows - middle, axis=1).mean() / np.linalg.norm(middle))

    assert spread("3", "9") < 0.5
    assert spread("a", "z") > 2

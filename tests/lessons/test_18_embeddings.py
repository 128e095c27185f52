"""Lesson 18: the order of the losses and the drift of the vowels, whatever the seed."""

from __future__ import annotations

import math
from statistics import mean

import numpy as np
import pytest

from tests.lessons.conftest import lesson as numbered
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.trace import Trace

LETTERS = ".abcdefghijklmnopqrstuvwxyz"
SEEDS = 20


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return numbered(18)


def part_of(lesson: Lesson, name: str) -> Part:
    return next(part for part in lesson.parts if part.id == name)


def data(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def test_descent_finds_the_table_of_counts(lesson: Lesson) -> None:
    counted = part_of(lesson, "counts").run().trace_at(0)
    learnt = part_of(lesson, "bigram").run().trace_at(399)
    shares = data(learnt, "share")
    often = shares > 0.005
    p, P = np.exp(data(learnt, "log_p")), data(counted, "P")
    assert np.abs(p - P)[often].max() < 0.02
    assert data(counted, "loss") < data(learnt, "loss") < data(counted, "loss") + 0.01


def test_only_rows_that_were_used_have_a_gradient_and_move(lesson: Lesson) -> None:
    run = part_of(lesson, "mlp").run()
    for step in range(3):
        trace = run.trace_at(step)
        used = np.isin(np.arange(27), data(trace, "x"))
        touched = np.any(data(trace, "E.grad") != 0, axis=1)
        moved = np.any(data(trace, "E'") != data(trace, "E"), axis=1)
        assert not used.all()
        assert (touched == used).all()
        assert (moved == used).all()


def spread(E: np.ndarray) -> float:
    """How far vowels are from each other, beside how far they are from consonants."""
    vowels = [LETTERS.index(c) for c in "aeiou"]
    others = [i for i in range(1, 27) if i not in vowels and LETTERS[i] != "y"]
    near = [math.dist(E[a], E[b]) for a in vowels for b in vowels if a != b]
    far = [math.dist(E[a], E[b]) for a in vowels for b in others]
    return mean(near) / mean(far)


def test_three_letters_say_more_than_one_and_vowels_come_together(lesson: Lesson) -> None:
    part = part_of(lesson, "mlp")
    bigram = float(data(part_of(lesson, "counts").run().trace_at(0), "loss"))
    assert bigram < math.log(27)
    for seed in range(SEEDS):
        program = part.program(part.settings({"batch": 128}), seed)
        before = spread(program.state()["E"])
        for step in range(4000):
            program.step(step)
        state = program.state()
        assert program.measure("val_loss", state) < bigram, seed
        assert spread(state["E"]) < min(0.9, before), seed

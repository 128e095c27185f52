"""Lesson 08: the numbers of CS231n, what arrives at the scores, and how little sureness says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_folder
from tuiexplain.trace.trace import Trace

PRINTED_LINEAR = {0: "1.096956", 10: "0.917265", 50: "0.799448", 100: "0.787938", 190: "0.786302"}
PRINTED_NET = {0: "1.098744", 1000: "0.294946", 2000: "0.259301", 3000: "0.248310"}


@pytest.fixture(scope="module")
def lesson_08() -> Lesson:
    return open_folder(lessons_root() / "08-softmax")


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def test_the_linear_losses_are_those_that_the_case_study_prints(lesson_08: Lesson) -> None:
    run = lesson_08.part("linear").run()
    run.extend_to(201)
    for step, printed in PRINTED_LINEAR.items():
        assert f"{run.losses[step]:.6f}" == printed
    assert f"{run.measured('accuracy', 200):.2f}" == "0.49"


def test_the_losses_with_hidden_units_are_those_that_it_prints(lesson_08: Lesson) -> None:
    """All digits to step 3000; after 9000, where the order of additions shows, five digits."""
    program = lesson_08.part("net").program()
    losses = [program.step(step) for step in range(9001)]
    for step, printed in PRINTED_NET.items():
        assert f"{losses[step]:.6f}" == printed
    assert losses[9000] == pytest.approx(0.245292, abs=2e-5)
    assert f"{program.measure('accuracy', program.state()):.2f}" == "0.98"


def test_the_scores_get_p_minus_y(lesson_08: Lesson) -> None:
    trace = lesson_08.part("table").run().trace_at(0)
    np.testing.assert_allclose(numbers(trace, "p"), [0.2, 0.3, 0.5], rtol=1e-12)
    np.testing.assert_allclose(numbers(trace, "z.grad"), [0.2, -0.7, 0.5], rtol=1e-12)
    linear = lesson_08.part("linear").run().trace_at(0)
    z, t = numbers(linear, "z"), numbers(linear, "t")
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        numbers(linear, "z.grad"), (p - np.eye(3)[t]) / 300, rtol=1e-9, atol=1e-15
    )


@pytest.mark.parametrize("shift", [1.0, 10.0, 100.0])
def test_only_differences_of_scores_count(lesson_08: Lesson, shift: float) -> None:
    part = lesson_08.part("table")
    trace = part.run(part.settings({"shift": shift})).trace_at(0)
    np.testing.assert_allclose(numbers(trace, "p"), [0.2, 0.3, 0.5], rtol=1e-12)


def test_the_first_loss_is_the_log_of_the_number_of_classes(lesson_08: Lesson) -> None:
    for name in ("linear", "net"):
        trace = lesson_08.part(name).run().trace_at(0)
        assert float(numbers(trace, "data_loss")) == pytest.approx(math.log(3), abs=3e-3)


def test_the_loss_falls_while_the_accuracy_stays(lesson_08: Lesson) -> None:
    run = lesson_08.part("linear").run()
    run.extend_to(201)
    assert all(later < before for before, later in zip(run.losses, run.losses[1:], strict=False))
    accuracies = [run.measured("accuracy", step) for step in range(0, 201, 20)]
    assert max(accuracies) - min(accuracies) < 0.03
    assert accuracies[-1] < accuracies[0]


def test_larger_scores_are_surer_and_never_more_often_right(lesson_08: Lesson) -> None:
    part = lesson_08.part("sure")
    found = []
    for scale in (0.1, 1, 2, 5, 10):
        trace = part.run(part.settings({"scale": scale})).trace_at(0)
        names = ("accuracy", "confidence", "loss")
        found.append([float(numbers(trace, name)) for name in names])
    accuracy, confidence, loss = np.array(found).T
    assert np.unique(accuracy).size == 1
    assert np.all(np.diff(confidence) > 0)
    assert np.all(np.diff(loss[1:]) > 0)
    assert confidence[1] > accuracy[1] + 0.1
    assert numbers(part.run().trace_at(0), "p_far").max() > 0.999

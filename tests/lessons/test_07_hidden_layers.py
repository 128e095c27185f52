"""Lesson 07: a line cannot, two units can, training sometimes finds it, and copies stay copies."""

from __future__ import annotations

import numpy as np
import pytest

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_folder
from tuiexplain.trace.trace import Trace

SEEDS = range(20)
STEPS = 300


@pytest.fixture(scope="module")
def lesson_07() -> Lesson:
    return open_folder(lessons_root() / "07-hidden-layers")


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def trained(lesson: Lesson, part: str, steps: int, seed: int | None = None, **dials: object):
    """A program after ``steps`` steps."""
    made = lesson.part(part)
    program = made.program(made.settings(dials), seed)
    for step in range(steps):
        program.step(step)
    return program


def share(lesson: Lesson, seed: int, activation: str, h: int) -> float:
    """How many of 200 networks solve it, as a share."""
    program = trained(lesson, "many", STEPS, seed, activation=activation, h=h)
    x, t = program.batch(0)["x"], program.batch(0)["t"]
    from tuiexplain.engine.tensors import Tensor

    p = program.evaluate({}, lambda net: net(Tensor(x))).data
    return float(((p > 0.5) == (t > 0.5)).all(axis=(1, 2)).mean())


def test_the_order_of_who_learns_holds_for_every_seed(lesson_07: Lesson) -> None:
    """Own starts: the order of the curriculum, 0 < 26 < 68 < 98, 100 %, over 20 x 200 networks."""
    found = {
        (activation, h): np.array([share(lesson_07, seed, activation, h) for seed in SEEDS])
        for activation, h in (("identity", 8), ("relu", 2), ("tanh", 2), ("relu", 8), ("tanh", 4))
    }
    assert not found["identity", 8].any()
    assert np.all(found["relu", 2] < found["tanh", 2] - 0.2)
    assert np.all(found["tanh", 2] < found["relu", 8] - 0.1)
    assert np.all(found["tanh", 2] < found["tanh", 4] - 0.1)
    for setting, published in (
        (("relu", 2), 0.26),
        (("tanh", 2), 0.68),
        (("relu", 8), 0.98),
        (("tanh", 4), 1.0),
    ):
        assert found[setting].mean() == pytest.approx(published, abs=0.05), setting


def test_no_weights_of_one_neuron_get_all_four_right(lesson_07: Lesson) -> None:
    part, chance = lesson_07.part("neuron"), np.random.default_rng(0)
    most = 0.0
    for w1, w2, b in chance.uniform(-5, 5, size=(200, 3)).tolist():
        program = part.program(part.settings({"w1": w1, "w2": w2, "b": b}))
        most = max(most, program.measure("accuracy", program.state()))
    assert most == 0.75


def test_the_best_neuron_says_one_half(lesson_07: Lesson) -> None:
    state = trained(lesson_07, "neuron", 1000, w1=-2.0, w2=3.0, b=1.0).state()
    for number in (state["w"], state["b"]):
        np.testing.assert_allclose(number, 0, atol=1e-6)


def test_the_hand_made_solution(lesson_07: Lesson) -> None:
    trace = lesson_07.part("by-hand").run().trace_at(0)
    assert numbers(trace, "y").reshape(-1).tolist() == [0, 1, 1, 0]
    assert numbers(trace, "h").tolist() == [[0, 0], [1, 0], [1, 0], [2, 1]]


def test_without_the_bend_two_layers_are_one(lesson_07: Lesson) -> None:
    part = lesson_07.part("by-hand")
    trace = part.run(part.settings({"activation": "identity"})).trace_at(0)
    one = numbers(trace, "x") @ numbers(trace, "one_w") + numbers(trace, "c") @ numbers(trace, "w")
    np.testing.assert_allclose(numbers(trace, "y"), one)


def test_identical_units_get_identical_gradients_for_ever(lesson_07: Lesson) -> None:
    run = lesson_07.part("alike").run()
    for step in range(400):
        if step in (0, 1, 50, 399):
            trace = run.trace_at(step)
            for name in ("W1.grad", "W1"):
                rows = numbers(trace, name)
                assert np.array_equal(rows, np.broadcast_to(rows[0], rows.shape)), (name, step)
            assert np.unique(numbers(trace, "W2.grad")).size == 1
        run.advance()


def test_each_of_many_networks_trains_as_if_it_were_alone(lesson_07: Lesson) -> None:
    """The gradient of one network is that of the same network in the part with only one."""
    many = lesson_07.part("many").run().trace_at(0)
    alone = lesson_07.part("trained")
    state = {name: numbers(many, name)[5] for name in ("W1", "b1", "W2", "b2")}
    edits = {}
    for name, array in state.items():
        for cell, number in np.ndenumerate(array.T if name in ("W1", "W2") else array[0]):
            edits[f"{name}[{','.join(map(str, cell))}]"] = float(number)
    trace = alone.run(None, None, edits).trace_at(0)
    for name in ("W1", "W2"):
        gradient = numbers(many, f"{name}.grad")[5]
        np.testing.assert_allclose(numbers(trace, f"{name}.grad"), gradient.T, rtol=1e-12)

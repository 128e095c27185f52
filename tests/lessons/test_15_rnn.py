"""Lesson 15: one weight at every moment, powers of it, what memory is for, and how far it reaches."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lessons.conftest import lesson
from tuiexplain.course.lesson import Lesson
from tuiexplain.engine import manual_seed, optim, tensor
from tuiexplain.trace.moments import moments
from tuiexplain.trace.player import Player, Zoom
from tuiexplain.trace.trace import Trace

SEEDS = 20
NETS = 20


@pytest.fixture(scope="module")
def lesson_15() -> Lesson:
    return lesson(15)


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def first(lesson: Lesson, part: str, seed: int | None = None, **dials: object) -> Trace:
    made = lesson.part(part)
    return made.run(made.settings(dials), seed).trace_at(0)


def test_three_moments(lesson_15: Lesson) -> None:
    trace = first(lesson_15, "scalar")
    found = [float(numbers(trace, f"h{t}")) for t in (1, 2, 3)]
    assert found == pytest.approx([0.7616, 0.3634, 0.1797], abs=5e-5)
    back = float(numbers(trace, "h0.grad") / numbers(trace, "h3.grad"))
    assert back == pytest.approx(0.0441, abs=5e-5)
    assert back == pytest.approx(np.prod([0.5 * (1 - h * h) for h in found]), rel=1e-12)


def test_the_gradient_of_the_one_weight_is_the_sum_of_the_moments_parts(lesson_15: Lesson) -> None:
    trace = first(lesson_15, "scalar")
    parts = [float(numbers(trace, f"w.grad#{n}")) for n in (1, 2, 3)]
    assert float(numbers(trace, "w.grad")) == pytest.approx(sum(parts), rel=1e-12)
    assert [v.name for v in trace.values].count("w'") == 1


@pytest.mark.parametrize(("w", "left"), [(0.5, 9.5367431640625e-7), (1, 1), (1.5, 3325.25673)])
def test_twenty_moments_are_the_twentieth_power(lesson_15: Lesson, w: float, left: float) -> None:
    trace = first(lesson_15, "powers", w=w)
    assert float(numbers(trace, "h20")) == pytest.approx(left, rel=1e-9)
    back = numbers(trace, "h0.grad"), numbers(trace, "h20.grad")
    if w != 1:  # there the wish is met, and no blame is left
        assert float(back[0] / back[1]) == pytest.approx(left, rel=1e-9)


def test_clipping_brings_the_weight_down_the_cliff(lesson_15: Lesson) -> None:
    part = lesson_15.part("powers")
    clipped = part.run(part.settings({"w": 1.5, "limit": 1}))
    clipped.extend_to(100)
    assert clipped.losses[99] < 0.01
    thrown = part.run(part.settings({"w": 1.5}))
    thrown.extend_to(3)
    assert thrown.losses[1] > 1e100
    still = part.run(part.settings({"w": 0.5, "limit": 1}))
    still.extend_to(100)
    assert still.losses[99] > 0.9999, "clipping does not bring back what has vanished"


def test_without_memory_two_letters_of_four_are_a_coin(lesson_15: Lesson) -> None:
    part = lesson_15.part("hello")
    for seed in range(SEEDS):
        remembering = part.run(part.settings(), seed)
        without = part.run(part.settings({"memory": 0}), seed)
        for run in (remembering, without):
            run.extend_to(200)
        assert remembering.losses[199] < 0.1, seed
        assert np.log(2) / 2 < without.losses[199] < 0.37, seed


def share_that_recalls(lesson: Lesson, k: int) -> np.ndarray:
    """Of the nets of each seed the share that solve it; all seeds are one program."""
    part = lesson.part("far")
    trace = first(lesson, "far", k=k)
    manual_seed(k)
    net = type(part.program(part.settings()).experiment.net)(SEEDS * NETS)
    optimizer = optim.Adam(net.parameters(), lr=0.05)
    inputs, t = (tensor(numbers(trace, name).tolist()) for name in ("inputs", "t"))
    step = part.program(part.settings()).experiment.step
    for _ in range(200):
        step(net, optimizer, inputs=inputs, t=t)
    right = net(inputs).data.argmax(axis=2) == np.array([0, 1])
    return right.all(axis=1).reshape(SEEDS, NETS).mean(axis=1)


def test_short_dependencies_are_learnt_and_long_ones_seldom(lesson_15: Lesson) -> None:
    near, middle, far = (share_that_recalls(lesson_15, k) for k in (2, 10, 20))
    assert near.mean() > 0.98
    assert np.all(far < near)
    assert far.mean() + 0.1 < middle.mean() < near.mean() - 0.1
    assert 0.3 < far.mean() < 0.75


def test_blame_fades_to_the_left_for_every_seed(lesson_15: Lesson) -> None:
    for seed in range(SEEDS):
        trace = first(lesson_15, "far", seed, k=20)
        blame = [numbers(trace, f"h{t}.grad").reshape(NETS, -1) for t in (1, 11, 21)]
        far, middle, near = (np.median(np.linalg.norm(nets, axis=1)) for nets in blame)
        assert far < 0.1 * middle, seed
        assert middle < 0.1 * near, seed


def test_the_loop_over_time_is_found_in_the_trace(lesson_15: Lesson) -> None:
    trace = first(lesson_15, "hello")
    found = moments(trace, len(trace.events))
    assert found.length == 4
    assert found.labels == ("h", "e", "l", "l")
    assert [series.name for series in found.states] == ["h"]
    assert [shared.parameter.name for shared in found.shared] == ["Wh"]
    parts = [part.name for part in found.shared[0].parts if part is not None]
    assert parts == ["Wh.grad#4", "Wh.grad#3", "Wh.grad#2", "Wh.grad#1"]
    assert found.at(trace, trace.events[trace.value("z3").producer]) == 2
    assert found.at(trace, trace.events[trace.value("z3.grad").producer]) == 2
    assert moments(first(lesson(2), lesson(2).parts[0].id), 0).length == 0


def test_without_layers_one_moves_by_moments(lesson_15: Lesson) -> None:
    player = Player(first(lesson_15, "scalar"))
    reached = []
    while player.forward(Zoom.LAYER):
        event = player.event
        assert event is not None
        reached.append(player.trace.values[event.output].name)
    assert reached[:4] == ["h1", "h2", "h3", "loss"]
    assert reached[4:8] == ["h3.grad", "h2.grad", "h1.grad", "h0.grad"]
    while player.back(Zoom.LAYER):
        pass
    assert player.position == 0

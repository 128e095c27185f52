"""Lesson 16: valves by hand, equal to torch's cells, and who recalls over a gap of blanks."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lessons.conftest import lesson
from tuiexplain.course.lesson import Lesson
from tuiexplain.engine import manual_seed, optim, tensor
from tuiexplain.screens.lesson.folding import folding
from tuiexplain.trace.moments import moments
from tuiexplain.trace.trace import Trace

SEEDS = 20
NETS = 20


@pytest.fixture(scope="module")
def lesson_16() -> Lesson:
    return lesson(16)


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def first(lesson: Lesson, part: str, **dials: object) -> Trace:
    made = lesson.part(part)
    return made.run(made.settings(dials)).trace_at(0)


@pytest.mark.parametrize(("f", "left"), [(0.5, 9.5e-7), (0.99, 0.818), (1, 1)])
def test_what_a_valve_leaves_after_twenty_moments(lesson_16: Lesson, f: float, left: float) -> None:
    trace = first(lesson_16, "valve", f=f)
    assert float(numbers(trace, "c0.grad")[0]) == pytest.approx(f**20, rel=1e-9)
    assert float(numbers(trace, "c0.grad")[0]) == pytest.approx(left, rel=5e-3)


def test_a_frozen_valve_copies_whatever_is_in_it(lesson_16: Lesson) -> None:
    part = lesson_16.part("valve")
    for number in (-3.0, 0.25, 7.0):
        trace = part.run(part.settings({"f": 1, "i": 0}), None, {"c0[0]": number}).trace_at(0)
        assert numbers(trace, "c20").tolist() == [number]


def test_a_shut_output_gate_hides_the_memory_and_keeps_it(lesson_16: Lesson) -> None:
    part = lesson_16.part("lstm")
    plain = part.run().trace_at(0)
    shut = part.run(None, None, {"b[6]": -100.0, "b[7]": -100.0}).trace_at(0)
    np.testing.assert_array_equal(numbers(plain, "c1"), numbers(shut, "c1"))
    assert np.abs(numbers(shut, "h1")).max() < 1e-40
    assert np.abs(numbers(plain, "h1")).min() > 1e-3


def test_blame_along_the_line_is_multiplied_by_the_forget_gate_alone(lesson_16: Lesson) -> None:
    trace = first(lesson_16, "lstm", k=5)
    for t in (2, 3, 4, 5, 6):
        along = numbers(trace, f"c{t - 1}.grad#1")
        expected = numbers(trace, f"c{t}.grad") * numbers(trace, f"f{t}")
        np.testing.assert_allclose(along, expected, rtol=1e-12)


def test_a_net_that_begins_half_open_does_not_learn_the_long_gap(lesson_16: Lesson) -> None:
    part = lesson_16.part("lstm")
    losses = {}
    for bias in (0, 4):
        run = part.run(part.settings({"k": 20, "bias": bias}))
        run.extend_to(100)
        losses[bias] = run.losses[99]
    assert losses[0] == pytest.approx(np.log(2), abs=1e-3)
    assert losses[4] < 0.01


def shares(lesson: Lesson, cell: str, bias: float, k: int = 15) -> np.ndarray:
    """Of the nets of each seed the share that solve it after 80 steps; all seeds in one program."""
    part = lesson.part("many")
    experiment = part.program(part.settings({"cell": cell, "bias": bias, "k": k})).experiment
    manual_seed(1)
    net = type(experiment.net)(SEEDS * NETS, cell, bias)
    optimizer = optim.Adam(net.parameters(), lr=0.05)
    inputs, t = (tensor(experiment.data[name].values.tolist()) for name in ("inputs", "t"))
    for _ in range(80):
        experiment.step(net, optimizer, inputs=inputs, t=t)
    right = net(inputs).data.argmax(axis=2) == np.array([0, 1])
    return right.all(axis=1).reshape(SEEDS, NETS).mean(axis=1)


def test_who_recalls_over_fifteen_blanks(lesson_16: Lesson) -> None:
    plain = shares(lesson_16, "RNN", 0)
    leaky, opened = shares(lesson_16, "LSTM", 0), shares(lesson_16, "LSTM", 4)
    gru, gru_opened = shares(lesson_16, "GRU", 0), shares(lesson_16, "GRU", 4)
    for better in (opened, gru_opened):
        assert np.all(better > plain)
        assert better.mean() > 0.95
    assert np.all(leaky < plain)
    assert leaky.mean() < 0.25
    assert gru.mean() > leaky.mean() + 0.3
    assert 0.4 < plain.mean() < 0.8


def test_over_a_short_gap_all_kinds_recall(lesson_16: Lesson) -> None:
    for cell in ("RNN", "LSTM", "GRU"):
        assert shares(lesson_16, cell, 0, k=2).mean() > 0.95


def test_the_gates_are_found_in_the_trace(lesson_16: Lesson) -> None:
    for part, gates, states in (("lstm", "ifo", "ch"), ("gru", "rz", "h")):
        trace = first(lesson_16, part)
        found = moments(trace, len(trace.events))
        assert found.length == 3
        assert found.labels == ("A/B", "_", "_")
        assert "".join(series.name for series in found.gates) == gates
        assert "".join(series.name for series in found.states) == states
        assert [shared.parameter.name for shared in found.shared] == ["Wh"]


def test_in_the_network_the_moment_that_runs_is_open_and_the_others_are_a_node_each(
    lesson_16: Lesson,
) -> None:
    trace = first(lesson_16, "lstm", k=20)
    event = trace.events[trace.value("f7.grad").producer]
    at = moments(trace, len(trace.events)).at(trace, event)
    groups = folding(trace, len(trace.events), event.module, at).groups
    folded = [group.folded for group in groups if group.folded]
    assert [name for name in folded if name.startswith("t = ")] == [
        f"t = {t}" for t in range(1, 22) if t != 7
    ]
    opened = {trace.values[group.output].name for group in groups if not group.folded}
    assert {"i7", "f7", "c7", "h7"} <= opened
    assert not opened & {"i6", "f8"}

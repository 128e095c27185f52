"""Lesson 06: the published numbers, the popular mistake, and the nudge that tests a gradient."""

from __future__ import annotations

import pytest

from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.trace import Phase
from tuiexplain.trace.trace import Trace


def number(trace: Trace, address: str) -> float:
    value, cell = trace.find(address)
    return trace.cell(value, cell)


def first(part: Part, **dials: object) -> Trace:
    return part.run(part.settings(dials)).trace_at(0)


def test_the_product_has_the_published_gradients(lesson_06: Lesson) -> None:
    trace = first(lesson_06.part("product"))
    assert number(trace, "f") == -12
    assert [number(trace, f"{name}.grad") for name in "xyz"] == [-4, -4, 3]


def test_at_a_fork_gradients_are_added(lesson_06: Lesson) -> None:
    trace = first(lesson_06.part("fork"))
    assert [number(trace, name) for name in ("a.grad#1", "a.grad#2", "a.grad")] == [1, 1, 2]


def test_the_network_has_the_published_numbers(lesson_06: Lesson) -> None:
    assert lesson_06.part().id == "mazur"
    run = lesson_06.part().run()
    before, after = run.trace_at(0), run.trace_at(1)
    assert f"{number(before, 'loss'):.9f}" == "0.298371109"
    assert f"{number(after, 'loss'):.9f}" == "0.291027774"
    new = ["0.149780716", "0.199561432", "0.249751144", "0.299502287"]
    assert [f"{number(before, f'W1{at}'):.9f}" for at in primed()] == new
    new = ["0.358916480", "0.408666186", "0.511301270", "0.561370121"]
    assert [f"{number(before, f'W2{at}'):.9f}" for at in primed()] == new


def primed() -> list[str]:
    return ["'[0,0]", "'[0,1]", "'[1,0]", "'[1,1]"]


def test_biases_are_frozen(lesson_06: Lesson) -> None:
    names = {value.name for value in first(lesson_06.part("mazur")).values}
    assert not names & {"b1.grad", "b2.grad", "b1'", "b2'"}


def test_one_word_makes_the_popular_mistake(lesson_06: Lesson) -> None:
    part = lesson_06.part("order")
    losses = {}
    for use in ("new", "old"):
        losses[use] = part.run(part.settings({"use": use})).trace_at(1)
    assert number(losses["new"], "loss") == pytest.approx(0.2910279239, abs=5e-11)
    assert f"{number(losses['new'], 'loss'):.9f}" == "0.291027924"
    assert f"{number(losses['old'], 'loss'):.9f}" == "0.291027774"
    right = lesson_06.part("mazur").run().trace_at(1)
    assert number(losses["old"], "loss") == pytest.approx(number(right, "loss"), rel=1e-14)


def test_old_and_new_take_the_same_steps(lesson_06: Lesson) -> None:
    part = lesson_06.part("order")
    steps = [[e.op for e in first(part, use=use).events] for use in ("new", "old")]
    assert steps[0] == steps[1]


def test_micrograds_expression_has_the_readmes_numbers(lesson_06: Lesson) -> None:
    trace = first(lesson_06.part("micrograd"))
    assert f"{number(trace, 'g'):.4f}" == "24.7041"
    assert f"{number(trace, 'a.grad'):.4f}" == "138.8338"
    assert f"{number(trace, 'b.grad'):.4f}" == "645.5773"


@pytest.mark.parametrize(
    ("part", "result", "dial"),
    [
        ("product", "f", "x"),
        ("product", "f", "y"),
        ("product", "f", "z"),
        ("fork", "c", "a"),
        ("micrograd", "g", "a"),
        ("micrograd", "g", "b"),
    ],
)
def test_a_nudge_agrees_with_the_gradient(
    lesson_06: Lesson, part: str, result: str, dial: str
) -> None:
    spec = lesson_06.part(part)
    at = float(spec.settings()[dial])
    low, high = (number(first(spec, **{dial: at + h}), result) for h in (-1e-4, 1e-4))
    slope = number(first(spec), f"{dial}.grad")
    assert (high - low) / 2e-4 == pytest.approx(slope, rel=1e-6)


def test_without_an_optimiser_nothing_is_learnt(lesson_06: Lesson) -> None:
    for part in ("product", "fork", "micrograd"):
        assert all(e.phase is not Phase.UPDATE for e in first(lesson_06.part(part)).events)
    run = lesson_06.part("mazur").run({"lr": 0.0})
    assert number(run.trace_at(0), "loss") == number(run.trace_at(1), "loss")

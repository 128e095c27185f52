"""Lesson 01: CS231n's neuron, slopes that are measured, and what large weights do to gradients."""

from __future__ import annotations

import math

import numpy as np
import pytest
from textual.strip import Strip

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.loading import open_folder
from tuiexplain.course.session import Session
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.figures import figures
from tuiexplain.screens.lesson.figures_neuron import slope_table
from tuiexplain.trace.trace import Trace
from tuiexplain.views.look import look

FIVE = ("w1", "w2", "x1", "x2", "b")
GRADIENTS = ("w.grad[0]", "w.grad[1]", "x.grad[0]", "x.grad[1]", "b.grad")


@pytest.fixture(scope="module")
def lesson_01() -> Lesson:
    return open_folder(lessons_root() / "01-neuron")


def number(trace: Trace, address: str) -> float:
    value, cell = trace.find(address)
    return trace.cell(value, cell)


def first(part: Part, **dials: float) -> Trace:
    return part.run(part.settings(dials)).trace_at(0)


def answer(w1: float, w2: float, x1: float, x2: float, b: float) -> float:
    return 1 / (1 + math.exp(-(w1 * x1 + w2 * x2 + b)))


# ---------------------------------------------------------------------------------- the neuron


def test_the_neuron_has_the_published_numbers(lesson_01: Lesson) -> None:
    trace = first(lesson_01.part("neuron"))
    assert trace.data(trace.value("products")).tolist() == [-2, 6]
    assert number(trace, "z") == 1
    assert f"{number(trace, 'a'):.4f}" == "0.7311"
    shown = [f"{number(trace, address):.4f}" for address in GRADIENTS]
    assert shown == ["-0.1966", "-0.3932", "0.3932", "-0.5898", "0.1966"]


@pytest.mark.parametrize(
    "five", [(2, -3, -1, -2, -3), (0.5, 1.5, 2, -0.25, 0.75), (-1, 2, 0, 1, -2.5)]
)
def test_every_gradient_is_the_measured_slope(lesson_01: Lesson, five: tuple[float, ...]) -> None:
    trace = first(lesson_01.part("neuron"), **dict(zip(FIVE, five, strict=True)))
    for i, address in enumerate(GRADIENTS):
        up, down = (
            answer(*(number + side * (k == i) for k, number in enumerate(five)))
            for side in (1e-5, -1e-5)
        )
        assert number(trace, address) == pytest.approx((up - down) / 2e-5, rel=1e-8, abs=1e-10)


def test_a_weights_gradient_follows_its_input_and_not_the_weight(lesson_01: Lesson) -> None:
    part = lesson_01.part("neuron")
    for w2 in (-3.0, 1.0, 0.0, 7.0):
        trace = first(part, w2=w2)
        assert number(trace, "w.grad[1]") == 2 * number(trace, "w.grad[0]")
    assert number(first(part, x1=0.0), "w.grad[0]") == 0


def test_a_nudge_makes_the_answer_smaller_by_about_what_was_promised(lesson_01: Lesson) -> None:
    part = lesson_01.part("neuron")
    off = []
    for lr in (0.1, 0.01, 0.001):
        run = part.run(part.settings({"lr": lr}))
        before, after = run.trace_at(0), run.trace_at(1)
        fell = number(before, "a") - number(after, "a")
        promised = lr * sum(number(before, g) ** 2 for g in ("w.grad[0]", "w.grad[1]", "b.grad"))
        off.append(abs(fell / promised - 1))
    assert off[0] < 0.03
    assert off[2] < off[1] / 5 < off[0] / 25


# ---------------------------------------------------------------------------------- measured


@pytest.mark.parametrize("h", [1e-2, 1e-3, 1e-6])
def test_the_lesson_measures_what_it_calculates(lesson_01: Lesson, h: float) -> None:
    trace = first(lesson_01.part("measure"), h=h, w1=0.5, x2=1.25)
    slopes = trace.data(trace.value("slopes")).reshape(-1)
    assert trace.value("slopes").labels[0] == FIVE
    gradients = [number(trace, address) for address in GRADIENTS]
    np.testing.assert_allclose(slopes, gradients, atol=h)


def test_a_nudge_can_be_too_small_and_too_large(lesson_01: Lesson) -> None:
    def off(h: float) -> float:
        trace = first(lesson_01.part("measure"), h=h)
        slopes = trace.data(trace.value("slopes")).reshape(-1)
        return float(np.abs(slopes - [number(trace, g) for g in GRADIENTS]).max())

    assert off(1e-7) < off(1e-3) / 100
    assert off(1e-7) < off(1e-14) / 100


# ---------------------------------------------------------------------------------- ten times


def test_ten_times_the_weights_and_the_slope_is_gone(lesson_01: Lesson) -> None:
    trace = first(lesson_01.part("scale"), scale=10.0)
    assert number(trace, "z") == pytest.approx(10, rel=1e-12)
    slope = math.exp(-10) / (1 + math.exp(-10)) ** 2
    assert slope == pytest.approx(4.5e-5, rel=0.01)
    assert number(trace, "z.grad") == pytest.approx(slope, rel=1e-9)
    small = first(lesson_01.part("neuron"))
    for address in GRADIENTS:
        assert abs(number(trace, address)) < abs(number(small, address)) / 400


def test_the_saturated_neuron_does_not_learn(lesson_01: Lesson) -> None:
    part = lesson_01.part("scale")
    ends = []
    for scale in (1.0, 10.0):
        run = part.run(part.settings({"scale": scale}))
        for _ in range(201):
            run.advance()
        ends.append(run.losses[200])
    assert ends[0] < 0.01
    assert ends[1] > 0.9999


# ---------------------------------------------------------------------------------- the pictures


def drawn(desk: Desk, width: int = 40, height: int = 18) -> list[Strip]:
    strips = figures(desk, width, height, look("dark"), "en").strips
    assert all(strip.cell_length == width for strip in strips)
    assert len(strips) <= height
    return strips


def test_measured_slopes_stand_beside_every_gradient(lesson_01: Lesson) -> None:
    session = Session(lesson_01)
    desk = Desk(session)
    names, table = slope_table(desk)
    assert tuple(names) == FIVE
    assert np.isnan(table).all()
    session.last_event()
    _, table = slope_table(desk)
    assert np.isfinite(table).all()
    np.testing.assert_allclose(table[:, 1], table[:, 0], rtol=1e-8)
    session.bench.edit(desk.trace.value("x"), (0,), 4.0)
    _, again = slope_table(desk)
    assert again[0, 0] != table[0, 0]
    np.testing.assert_allclose(again[:, 1], again[:, 0], rtol=1e-7, atol=1e-10)
    assert any("w2" in strip.text for strip in drawn(desk))


def test_what_cannot_be_measured_is_left_open(lesson_01: Lesson) -> None:
    """With z set by hand no nudge comes through; the gradients are still there."""
    session = Session(lesson_01)
    desk = Desk(session)
    session.last_event()
    session.bench.edit(desk.trace.value("z"), (), 10.0)
    _, table = slope_table(desk)
    assert np.isfinite(table[:, 0]).all()
    assert np.isnan(table[:, 1]).all()


def test_where_the_lesson_measures_the_table_shows_its_own(lesson_01: Lesson) -> None:
    session = Session(lesson_01)
    session.open_part(1)
    session.last_event()
    desk = Desk(session)
    names, table = slope_table(desk)
    assert tuple(names) == FIVE
    slopes = desk.trace.data(desk.trace.value("slopes")).reshape(-1)
    assert table[:, 1].tolist() == slopes.tolist()


def test_the_pictures_fit_at_every_event(lesson_01: Lesson) -> None:
    session = Session(lesson_01)
    desk = Desk(session)
    for part in range(len(lesson_01.parts)):
        session.open_part(part)
        for position in range(len(session.bench.player) + 1):
            session.bench.player.go_to(position)
            for height in (5, 9, 18):
                drawn(desk, 37, height)
    session.bench.turn("scale", 100.0)
    drawn(desk)

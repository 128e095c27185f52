"""Lesson 05: the published maximum, points that can be separated, and squares that whisper."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.loading import open_folder
from tuiexplain.trace.trace import Trace

HOURS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5]
HOURS += [2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5]
PASSED = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1]


@pytest.fixture(scope="module")
def lesson_05() -> Lesson:
    return open_folder(lessons_root() / "05-logistic-regression")


def number(trace: Trace, address: str) -> float:
    value, cell = trace.find(address)
    return trace.cell(value, cell)


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def advanced(part: Part, steps: int, **dials: object) -> Trace:
    """The trace of training step ``steps``."""
    run = part.run(part.settings(dials))
    for _ in range(steps):
        run.advance()
    return run.trace_at(steps)


def test_the_data_is_the_published_table(lesson_05: Lesson) -> None:
    trace = advanced(lesson_05.part("students"), 0)
    assert numbers(trace, "x").tolist() == HOURS
    assert numbers(trace, "t").tolist() == PASSED


def test_descent_and_newton_arrive_at_the_published_maximum(lesson_05: Lesson) -> None:
    descent = advanced(lesson_05.part("students"), 4000)
    newton = advanced(lesson_05.part("answer"), 0)
    for name, published in (("w", "1.5046"), ("b", "-4.0777")):
        assert f"{number(newton, name):.4f}" == published
        assert number(descent, name) == pytest.approx(number(newton, name), abs=1e-9)
    assert f"{number(descent, 'loss'):.4f}" == "8.0299"
    assert f"{number(newton, 'p[1]'):.3f}" == f"{number(descent, 'p[7]'):.3f}" == "0.256"
    assert f"{number(newton, 'boundary'):.2f}" == "2.71"


def test_no_other_curve_near_the_maximum_is_more_likely(lesson_05: Lesson) -> None:
    part = lesson_05.part("students")
    newton = advanced(lesson_05.part("answer"), 0)
    w, b = number(newton, "w"), number(newton, "b")
    best = number(advanced(part, 0, w=w, b=b), "loss")
    for dw, db in itertools.product((-0.01, 0, 0.01), repeat=2):
        if dw or db:
            assert number(advanced(part, 0, w=w + dw, b=b + db), "loss") > best


@pytest.mark.parametrize("step", [0, 1, 50, 500])
def test_the_message_to_the_line_is_the_error_in_probability(lesson_05: Lesson, step: int) -> None:
    trace = advanced(lesson_05.part("students"), step)
    p, t = numbers(trace, "p"), numbers(trace, "t")
    np.testing.assert_allclose(numbers(trace, "z.grad"), p - t, rtol=1e-12)


def test_at_the_maximum_the_probabilities_add_up_to_those_who_passed(lesson_05: Lesson) -> None:
    trace = advanced(lesson_05.part("students"), 4000)
    assert numbers(trace, "p").sum() == pytest.approx(sum(PASSED), abs=1e-9)


def test_the_log_odds_are_the_straight_line(lesson_05: Lesson) -> None:
    trace = advanced(lesson_05.part("answer"), 0)
    np.testing.assert_allclose(numbers(trace, "log_odds"), numbers(trace, "z"), rtol=1e-12)
    assert np.all((numbers(trace, "p") > 0) & (numbers(trace, "p") < 1))


def test_separated_points_are_all_right_while_w_grows(lesson_05: Lesson) -> None:
    run = lesson_05.part("separable").run()
    found = []
    for step in range(8001):
        if step in (200, 1000, 2000, 4000, 8000):
            trace = run.trace_at(step)
            assert number(trace, "accuracy") == 1, step
            found.append((number(trace, "w"), number(trace, "loss")))
        run.advance()
    for (w, loss), (later_w, later_loss) in itertools.pairwise(found):
        assert later_w > w + 1
        assert 0 < later_loss < loss


def test_overlap_or_weight_decay_stops_it(lesson_05: Lesson) -> None:
    part = lesson_05.part("separable")
    for dials in ({"overlap": "yes"}, {"weight_decay": 0.1}):
        early, late = (number(advanced(part, steps, **dials), "w") for steps in (2000, 3000))
        assert late == pytest.approx(early, abs=1e-4), dials


def test_squares_are_deaf_to_sure_mistakes(lesson_05: Lesson) -> None:
    squares = lesson_05.part("squares")
    same = {name: squares.settings()[name] for name in ("w", "b", "lr")}
    quiet, loud = advanced(squares, 0), advanced(lesson_05.part("students"), 0, **same)
    assert abs(number(loud, "w.grad")) > 100 * abs(number(quiet, "w.grad"))
    assert abs(number(loud, "z.grad[19]")) > 1000 * abs(number(quiet, "z.grad[19]"))
    assert number(advanced(squares, 1000), "w") < 0
    assert number(advanced(lesson_05.part("students"), 200, **same), "w") > 1
    assert number(advanced(squares, 2000, w=0.0, b=0.0), "w") > 1

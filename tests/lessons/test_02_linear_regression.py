"""Lesson 02: the curriculum's numbers, the formula, and descent that arrives at it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.trace.trace import Trace

DATA = lessons_root() / "data"


def number(trace: Trace, address: str) -> float:
    value, cell = trace.find(address)
    return trace.cell(value, cell)


def advanced(part: Part, steps: int, **dials: object) -> Trace:
    """The trace of training step ``steps``."""
    run = part.run(part.settings(dials))
    for _ in range(steps):
        run.advance()
    return run.trace_at(steps)


# ---------------------------------------------------------------------------------- four points


def test_the_first_step_has_the_numbers_of_the_curriculum(lesson_02: Lesson) -> None:
    trace = lesson_02.part().run().trace_at(0)
    assert number(trace, "loss") == 41
    assert number(trace, "w.grad") == -35
    assert number(trace, "b.grad") == -12
    assert number(trace, "w'") == pytest.approx(1.75, rel=1e-15)
    assert number(trace, "b'") == pytest.approx(0.6, rel=1e-15)


@pytest.mark.parametrize("outlier", [0.0, 10.0, -6.5])
def test_descent_and_formula_arrive_at_the_same_line(lesson_02: Lesson, outlier: float) -> None:
    x, t = np.array([1.0, 2, 3, 4]), np.array([3.0, 5, 7, 9 + outlier])
    slope, height = np.polyfit(x, t, 1)
    by_formula = advanced(lesson_02.part("closed-form"), 0, outlier=outlier)
    assert number(by_formula, "w") == pytest.approx(slope, rel=1e-12)
    assert number(by_formula, "b") == pytest.approx(height, rel=1e-12)
    by_descent = advanced(lesson_02.part("line"), 3000, outlier=outlier)
    assert number(by_descent, "w'") == pytest.approx(slope, abs=1e-8)
    assert number(by_descent, "b'") == pytest.approx(height, abs=1e-8)
    assert number(by_descent, "loss") == pytest.approx(number(by_formula, "loss"), abs=1e-12)


def test_a_line_that_starts_at_the_answer_stays_there(lesson_02: Lesson) -> None:
    trace = advanced(lesson_02.part("line"), 0, w=2.0, b=1.0)
    assert number(trace, "loss") == 0
    assert number(trace, "w.grad") == number(trace, "b.grad") == 0


def test_past_its_limit_the_learning_rate_diverges(lesson_02: Lesson) -> None:
    assert number(advanced(lesson_02.part("line"), 199, lr=0.12), "loss") > 200
    assert number(advanced(lesson_02.part("line"), 199, lr=0.119), "loss") < 1


# ---------------------------------------------------------------------------------- the real table


def standardised() -> tuple[np.ndarray, np.ndarray]:
    table = np.loadtxt(DATA / "diabetes.csv", delimiter=",", skiprows=1)
    x, t = table[:, :-1], table[:, -1]
    return (x - x.mean(axis=0)) / x.std(axis=0), t


def test_the_table_is_the_published_one() -> None:
    rebuild: dict[str, object] = {"__name__": "rebuild"}
    exec((DATA / "rebuild.py").read_text(encoding="utf-8"), rebuild)
    found = hashlib.sha256((DATA / "diabetes.csv").read_bytes()).hexdigest()
    assert found == rebuild["SHA256"]
    x, t = standardised()
    assert x.shape == (442, 10)
    assert (t.min(), t.max()) == (25, 346)


def test_the_data_has_its_source_and_licence_beside_it() -> None:
    told = Path(DATA / "README.md").read_text(encoding="utf-8")
    for needed in ("Efron", "scikit-learn", "BSD 3-Clause", "rebuild.py"):
        assert needed in told


def test_patients_are_rows_and_features_have_names(lesson_02: Lesson) -> None:
    trace = lesson_02.part("table").run().trace_at(0)
    value = trace.value("x")
    assert value.axes == ("patient", "feature")
    names = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
    for named in ("x", "W", "W.grad", "W'", "W_exact", "gap"):
        assert trace.value(named).labels[1] == names, named


def test_descent_on_the_table_arrives_at_the_normal_equations_answer(lesson_02: Lesson) -> None:
    x, t = standardised()
    columns = np.column_stack([x, np.ones(len(x))])
    exact, *_ = np.linalg.lstsq(columns, t, rcond=None)
    best = np.square(columns @ exact - t).mean()
    trace = advanced(lesson_02.part("table"), 6000, lr=0.2)
    np.testing.assert_allclose(trace.data(trace.value("W'"))[0], exact[:-1], rtol=0, atol=1e-6)
    np.testing.assert_allclose(trace.data(trace.value("W_exact"))[0], exact[:-1], rtol=1e-10)
    assert number(trace, "b'[0]") == pytest.approx(exact[-1], abs=1e-9)
    assert number(trace, "loss") == pytest.approx(best, rel=1e-12)


def test_minibatches_come_close_to_it(lesson_02: Lesson) -> None:
    part = lesson_02.part("table")
    run = part.run(part.settings({"batch_size": "32", "lr": 0.02}))
    for _ in range(60 * 14):
        run.advance()
    assert np.mean(run.losses[-14:]) < 1.05 * 2859.7
    assert len(run.trace_at(0).data(run.trace_at(0).value("x"))) == 32


def test_started_at_the_answer_every_gradient_is_rounding(lesson_02: Lesson) -> None:
    trace = advanced(lesson_02.part("table"), 0, start="exact")
    assert np.abs(trace.data(trace.value("W.grad"))).max() < 1e-10
    assert np.abs(trace.data(trace.value("b.grad"))).max() < 1e-10

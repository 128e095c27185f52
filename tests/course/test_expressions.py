"""The language of citations and proofs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tuiexplain.course.expressions import Expression, ExpressionError, Reference, formatted, pick

NUMBERS = {
    "W1": np.array([[1.0, 2.0], [3.0, 4.0]]),
    "W1.grad": np.array([[0.5, -1.0], [0.0, 2.0]]),
    "w'": np.array(3.5),
    "δ1#2": np.array([1.0, np.nan]),
    "loss": np.array(0.25),
    "max": np.array(7.0),
}


def evaluate(text: str, runs: tuple[str, ...] = ()) -> object:
    def lookup(reference: Reference) -> object:
        step = reference.step or 0
        number = pick(reference, NUMBERS[reference.name])
        return number + step if isinstance(step, int) else number + 1000

    return Expression(text, runs).evaluate(lookup)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("W1[0,1]", 2.0),
        ("W1[-1, -1]", 4.0),
        ("W1.grad[0,1]", -1.0),
        ("w'", 3.5),
        ("w' - W1[0,0]", 2.5),
        ("loss@2", 2.25),
        ("loss@last", 1000.25),
        ("-loss ** 2", -0.0625),
        ("abs(W1.grad[0,1]) > 0.5", True),
        ("abs(W1.grad[0,1]) == max(abs(W1.grad))", False),
        ("sum(W1 > 1)", 3),
        ("sum(1 < W1 < 4)", 2),
        ("any(W1.grad == 0)", True),
        ("any(W1.grad == 0) and all(W1.grad == 0)", False),
        ("max(W1) - min(W1)", 3.0),
        ("max(W1[0,0], loss)", 1.0),
        ("max", 7.0),
        ("sum(W1[:,0])", 4.0),
        ("not (loss > 1) and w' < 4", True),
        ("0 < loss < 0.3", True),
        ("isnan(δ1#2)", True),
        ("isfinite(W1)", True),
        ("close(loss, 0.2501, rel=1e-3)", True),
        ("all(W1 > 0)", True),
        ("len(W1)", 2),
        ("2 ** 3 / 4", 2.0),
    ],
)
def test_values(text: str, expected: object) -> None:
    assert evaluate(text) == expected


def test_division_by_zero_is_infinite() -> None:
    assert math.isinf(float(evaluate("1 / W1.grad[1,0]")))  # type: ignore[arg-type]


def test_runs_and_parts() -> None:
    expression = Expression("far-off.loss@19 - real::W1[0,0] - dials.lr", ["far-off", "far"])
    assert expression.references == [
        Reference("loss", None, 19, "far-off", None),
        Reference("W1", (0, 0), None, None, "real"),
        Reference("lr", None, None, "dials", None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "().__class__",
        "[x for x in W1]",
        "lambda: 1",
        "open('x')",
        "W1 +",
        "'text'",
        "loss if loss else 1",
        "W1[a]",
        "",
    ],
)
def test_nothing_else_of_python_can_be_reached(text: str) -> None:
    with pytest.raises(ExpressionError):
        Expression(text)


def test_an_array_is_no_number() -> None:
    with pytest.raises(ExpressionError, match=r"shape \(2, 2\): say which cell"):
        Expression("W1").number(lambda r: NUMBERS[r.name])


def test_a_cell_outside() -> None:
    with pytest.raises(ExpressionError, match="no such cell"):
        evaluate("W1[5,0]")


def test_formats() -> None:
    assert formatted(2 / 3, ".3f") == "0.667"
    assert formatted(-0.0001, ".2f") == "0.00"
    assert formatted(-math.inf, ".2f") == "-inf"
    assert formatted(1234.5, ",.0f") == "1,234"
    with pytest.raises(ExpressionError, match="not a format"):
        formatted(1.0, "pretty")

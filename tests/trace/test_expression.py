"""Expressions: arithmetic that can be read with names and with numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiexplain.trace.expression import LONGEST, Constant, Expr, Named, Operand, Ref, Sum, total


def operand(numbers: list[float], value: int = 0) -> Operand:
    array = np.array(numbers)
    return Operand(value, array.shape, lambda cell: float(array[cell]))


def named(ref: Ref) -> str:
    return f"{'xyz'[ref.value]}[{ref.cell[0]}]"


@pytest.fixture
def x() -> Operand:
    return operand([2.0, -3.0, 0.5])


def test_names_and_numbers(x: Operand) -> None:
    expression = x[0] * x[1] + x[2]
    assert expression.text(named) == "x[0] × x[1] + x[2]"
    assert expression.text() == "2 × (-3) + 0.5"
    assert expression.number == -5.5


def test_brackets_stand_only_where_they_must(x: Operand) -> None:
    a, b, c = x[0], x[1], x[2]
    assert ((a + b) * c).text(named) == "(x[0] + x[1]) × x[2]"
    assert (a / (b * c)).text(named) == "x[0] / (x[1] × x[2])"
    assert (a - (b - c)).text(named) == "x[0] - (x[1] - x[2])"
    assert ((a + b) ** 2).text(named) == "(x[0] + x[1])²"
    assert (-(a + b)).text(named) == "-(x[0] + x[1])"
    assert (a**2).text(lambda ref: "∂L/∂x[0]") == "(∂L/∂x[0])²"


def test_numpy_functions_build_expressions(x: Operand) -> None:
    expression = np.exp(x[0]) / (1 + np.exp(x[0]))
    assert expression.text(named) == "exp(x[0]) / (1 + exp(x[0]))"
    assert expression.number == pytest.approx(np.exp(2) / (1 + np.exp(2)))


def test_a_symbol_is_written_among_names_and_its_number_among_numbers(x: Operand) -> None:
    expression = x[0] - Constant(0.1, "η") * x[1]
    assert expression.text(named) == "x[0] - η × x[1]"
    assert expression.text() == "2 - 0.1 × (-3)"


def test_long_sums_leave_out_their_middle() -> None:
    many = operand([float(i) for i in range(20)])
    text = total(many[i] for i in range(20)).text(named)
    assert text == "x[0] + x[1] + x[2] + x[3] + x[4] + … 14 … + x[19]"


def test_causes_are_listed_once_in_reading_order(x: Operand) -> None:
    expression = x[1] * x[0] + x[1]
    assert [ref.cell for ref in expression.refs()] == [(1,), (0,)]


def test_sums_are_joined(x: Operand) -> None:
    expression = (x[0] + x[1]) + x[2]
    assert isinstance(expression, Sum)
    assert len(expression.terms) == 3


numbers = st.floats(-1e3, 1e3)


@given(numbers, numbers, numbers)
def test_the_total_is_the_arithmetic(a: float, b: float, c: float) -> None:
    v = operand([a, b, c])
    with np.errstate(all="ignore"):
        expression: Expr = np.tanh(v[0]) * v[1] - v[2] ** 2 + 3.0 * v[0]
        assert expression.number == pytest.approx(np.tanh(a) * b - c**2 + 3 * a, abs=1e-9)


def test_infinity_and_nan_flow_through() -> None:
    v = operand([0.0, np.inf])
    with np.errstate(all="ignore"):
        assert np.isinf((1 / v[0]).number)
        assert np.isnan((v[1] - v[1]).number)
        assert (1 / v[0]).text() == "1 / 0"


def test_constants_are_worked_out_and_signs_are_not_doubled(x: Operand) -> None:
    assert (2.0 * x[0] ** (2.0 - 1.0)).text(named) == "2 × x[0]"
    assert (x[0] - 1.0).text(named) == "x[0] - 1"
    assert (x[0] + x[1]).text() == "2 + (-3)"
    assert (x[0] - x[1]).text() == "2 - (-3)"


def test_named_arithmetic_reads_by_its_name_and_keeps_its_causes(x: Operand) -> None:
    mean = Named("mean", total(x[i] for i in range(3)) / Constant(3))
    expression = (x[0] - mean) * 2.0
    assert expression.text(named) == "(x[0] - mean) × 2"
    assert expression.text() == "(2 - (-0.1667)) × 2"
    assert [ref.cell[0] for ref in expression.refs()] == [0, 1, 2]
    assert expression.number == pytest.approx(2 * (2 + 0.5 / 3))


def test_a_minus_before_a_negative_number_has_brackets(x: Operand) -> None:
    assert (-x[1] - x[0]).text() == "-(-3) - 2"
    assert (-x[1] - x[0]).text(named) == "-x[1] - x[0]"


def test_a_long_sum_of_long_terms_is_cut_in_the_middle() -> None:
    def surprise(row: int) -> Expr:
        scores = [Ref(0, (row, column), 0.1 * column) for column in range(10)]
        return np.log(total([np.exp(score) for score in scores])) - scores[row % 10]

    mean = total([surprise(row) for row in range(32)]) / Constant(32)
    text = mean.text(lambda ref: f"logits[{ref.cell[0]},{ref.cell[1]}]")
    assert len(text) <= LONGEST
    assert text.startswith("(log(exp(logits[0,0]) + exp(logits[0,1]) + … 7 … + exp(logits[0,9]))")
    assert text.endswith("+ … 61 … - logits[31,1]) / 32")
    assert len(list(mean.refs())) == 320, "none is left out of what may be followed"


def test_one_term_is_not_left_out() -> None:
    seven = total([Ref(0, (i,), i) for i in range(7)])
    eight = total([Ref(0, (i,), i) for i in range(8)])
    assert "…" not in seven.text()
    assert eight.text() == "0 + 1 + 2 + 3 + 4 + … 2 … + 7"

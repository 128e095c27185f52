"""Numbers on the screen: short, honest, in line."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiexplain.trace.numbers import CELL_WIDTH, ColumnFormat, format_number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (41.0, "41"),
        (-35.0, "-35"),
        (0.298371109, "0.2984"),
        (138.8338, "138.8"),
        (1673.25, "1673"),
        (0.00045, "0.00045"),
        (4.5e-5, "4.50e-5"),
        (8.5e7, "8.50e7"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
    ],
)
def test_a_number_is_written_with_four_digits(number: float, text: str) -> None:
    assert format_number(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (124_412_160.0, "124,412,160"),
        (-1_557_611_200.0, "-1,557,611,200"),
        (589_824.0, "589824"),
        (1_234_567.5, "1.2346e6"),
        (1e15, "1.0000e15"),
    ],
)
def test_with_room_a_whole_number_is_written_whole(number: float, text: str) -> None:
    assert format_number(number, digits=6) == text


def test_a_sign_is_written_when_asked_for() -> None:
    assert format_number(0.5, sign=True) == "+0.5"
    assert format_number(-0.5, sign=True) == "-0.5"
    assert format_number(0.0, sign=True) == "0"


@given(st.floats(-1e300, 1e300))
def test_a_written_number_is_near_the_number(x: float) -> None:
    assert math.isclose(float(format_number(x)), x, rel_tol=6e-3, abs_tol=1e-300)


@given(st.lists(st.floats(), min_size=1, max_size=8))
def test_cells_fit_their_column(numbers: list[float]) -> None:
    write = ColumnFormat.of(np.array(numbers))
    assert all(len(write(x)) <= CELL_WIDTH for x in numbers)


def test_decimal_points_stand_in_line() -> None:
    write = ColumnFormat.of([0.15, -12.25, 3.0])
    assert [len(write(x).split(".")[1]) for x in (0.15, -12.25, 3.0)] == [3, 3, 3]


def test_a_tiny_number_is_not_drawn_as_zero() -> None:
    write = ColumnFormat.of([0.4, 0.00000004])
    assert write(0.00000004) == "4.00e-8"
    assert write(0.0) == "0"

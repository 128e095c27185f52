"""The error function of arrays, against the standard library's of one number."""

import math

import numpy as np
import pytest

from tuiexplain.engine.ops.error_function import BLOCK, FEW, FLAT, NEAR, error_function


@pytest.mark.parametrize(
    ("low", "high"),
    [(-1e-300, 1e-300), (-NEAR, NEAR), (NEAR - 0.01, NEAR + 0.01), (-1, 1), (0.4, 4), (-7, 7)],
)
def test_it_is_right_to_its_last_digits(low: float, high: float) -> None:
    x = np.random.default_rng(0).uniform(low, high, 3 * BLOCK + 5)
    right = np.array([math.erf(number) for number in x.tolist()])
    found = error_function(x)
    assert np.abs(found - right).max() <= 5e-16
    assert (np.abs(found - right) <= 6 * np.spacing(np.abs(right))).all()


def test_few_numbers_and_many_are_alike_in_any_shape() -> None:
    x = np.random.default_rng(1).standard_normal((6, FEW))
    many = error_function(x)
    assert many.shape == x.shape
    assert np.allclose(many[0], error_function(x[0]), rtol=1e-15, atol=0)
    assert error_function(x[:0]).shape == (0, FEW)
    assert error_function(x.T[::3]).tolist() == many.T[::3].tolist()
    assert error_function(np.array(0.5)) == math.erf(0.5)


def test_at_the_edges() -> None:
    edges = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, FLAT, -30.0, NEAR, 5e-324])
    found = error_function(np.resize(edges, 9 * FEW))[: len(edges)]
    right = np.array([math.erf(number) for number in edges.tolist()])
    assert np.allclose(found, right, rtol=1e-15, atol=0, equal_nan=True)
    assert np.array_equal(np.signbit(found[:2]), np.signbit(right[:2]))

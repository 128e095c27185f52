"""The data that lessons share are the published ones."""

from __future__ import annotations

import numpy as np

from tuiexplain.course.datasets import spiral


def test_the_spiral_is_the_one_of_the_case_study() -> None:
    """Its linear classifier, 200 steps of the published settings, ends at the printed loss."""
    x, t = spiral()
    weights, bias, one_hot = np.zeros((2, 3)), np.zeros(3), np.eye(3)[t]
    for step in range(191):
        exponentials = np.exp(x @ weights + bias)
        p = exponentials / exponentials.sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(300), t]).mean() + 0.0005 * np.square(weights).sum()
        slopes = (p - one_hot) / 300
        weights = weights - x.T @ slopes - 0.001 * weights
        bias = bias - slopes.sum(axis=0)
        if step == 190:
            assert f"{loss:.6f}" == "0.786302"


def test_what_is_drawn_after_the_points_goes_on_where_they_end() -> None:
    draws = np.random.RandomState(0)
    spiral(draws=draws)
    whole = np.random.RandomState(0).randn(303)
    np.testing.assert_array_equal(draws.randn(3), whole[300:])


def test_arms_run_from_the_middle_to_the_rim() -> None:
    x, t = spiral(classes=4, each=10)
    radius = np.hypot(x[:, 0], x[:, 1]).reshape(4, 10)
    np.testing.assert_allclose(radius, np.tile(np.linspace(0, 1, 10), (4, 1)), atol=1e-12)
    assert np.bincount(t).tolist() == [10, 10, 10, 10]

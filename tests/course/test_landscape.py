"""The loss over parameters: what the part's own program says, with its dials, data and edits."""

from __future__ import annotations

import numpy as np
import pytest

from tuiexplain.course.landscape import Along, landscape
from tuiexplain.course.lesson import Part
from tuiexplain.course.loading import open_lesson

X, T = np.array([1.0, 2, 3, 4]), np.array([3.0, 5, 7, 9])


@pytest.fixture
def line() -> Part:
    return open_lesson("linear-regression").part("line")


def squared(w: np.ndarray, b: float, t: np.ndarray = T) -> np.ndarray:
    return np.square(w[:, None] * X + b - t).mean(axis=1)


def test_along_one_number_the_others_stay_where_the_run_starts(line: Part) -> None:
    along = Along("w", (), -1.0, 5.0, 7)
    settings = line.settings({"b": 0.5, "w": 3.0})
    heights = landscape(line, settings, 7, {}, along)
    np.testing.assert_allclose(heights, squared(along.places, 0.5), rtol=1e-12)


def test_over_two_numbers_an_axis_for_each(line: Part) -> None:
    w, b = Along("w", (), -1.0, 5.0, 4), Along("b", (), 0.0, 2.0, 3)
    heights = landscape(line, line.settings(), 7, {}, b, w)
    assert heights.shape == (3, 4)
    for row, height in zip(heights, b.places, strict=True):
        np.testing.assert_allclose(row, squared(w.places, height), rtol=1e-12)


def test_dials_and_edits_of_data_change_the_land(line: Part) -> None:
    along = Along("w", (), 0.0, 4.0, 5)
    lifted = landscape(line, line.settings({"outlier": 10.0}), 7, {}, along)
    np.testing.assert_allclose(
        lifted, squared(along.places, 0, np.array([3, 5, 7, 19])), rtol=1e-12
    )
    edited = landscape(line, line.settings(), 7, {"t[0]": -1.0}, along)
    np.testing.assert_allclose(
        edited, squared(along.places, 0, np.array([-1, 5, 7, 9])), rtol=1e-12
    )


def test_a_cell_of_a_matrix() -> None:
    mazur = open_lesson("backpropagation").part("mazur")
    along = Along("W1", (0, 1), 0.2, 0.3, 3)
    heights = landscape(mazur, mazur.settings(), 7, {}, along)
    for number, height in zip(along.places, heights, strict=True):
        run = mazur.run(edits={"W1[0,1]": float(number)})
        assert run.advance() == height


def test_what_was_asked_before_is_not_computed_again(line: Part) -> None:
    along = Along("w", (), 0.0, 4.0, 5)
    first = landscape(line, line.settings(), 7, {}, along)
    assert landscape(line, line.settings(), 7, {}, along) is first
    assert landscape(line, line.settings({"outlier": 1.0}), 7, {}, along) is not first

"""What a network says in the plane: grid, classes, shares, and what is kept."""

from __future__ import annotations

import numpy as np
import pytest

from tuiexplain.course.lesson import Part
from tuiexplain.course.loading import open_lesson
from tuiexplain.course.plane import Plane, places, said

GRID = places((0.0, 1.0), (0.0, 1.0), 5, 4)


@pytest.fixture
def by_hand() -> Part:
    return open_lesson("hidden-layers").part("by-hand")


def test_places_are_the_middles_of_fields_from_the_top_left() -> None:
    found = places((0.0, 4.0), (0.0, 2.0), 2, 2)
    assert found.tolist() == [[1, 1.5], [3, 1.5], [1, 0.5], [3, 0.5]]


def test_one_output_is_a_probability_and_several_are_scores() -> None:
    one = said(np.array([[0.2], [0.5], [0.9], [1.7], [-3.0]]))
    assert one.winner.tolist() == [0, 0, 1, 1, 0]
    np.testing.assert_allclose(one.share, [0.8, 0.5, 0.9, 1, 1])
    three = said(np.log([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]) + 700)
    assert three.winner.tolist() == [2, 0]
    np.testing.assert_allclose(three.share, [0.5, 0.6])


def test_the_plane_is_what_the_network_computes(by_hand: Part) -> None:
    outputs = Plane(by_hand, by_hand.settings(), 7).ask({}, GRID)
    x = GRID.sum(axis=1)
    expected = np.maximum(x, 0) - 2 * np.maximum(x - 1, 0)
    np.testing.assert_allclose(outputs[:, 0], expected)


def test_other_numbers_give_another_answer_and_the_same_the_kept_one(by_hand: Part) -> None:
    plane = Plane(by_hand, by_hand.settings(), 7)
    w = np.array([[1.0], [0.0]])
    first = plane.ask({"w": w}, GRID)
    np.testing.assert_allclose(first[:, 0], GRID.sum(axis=1))
    assert plane.ask({"w": w}, GRID) is first
    assert plane.ask({"w": w.copy()}, GRID) is not first
    assert not np.array_equal(plane.ask({}, GRID), first)
    assert plane.ask({"w": w}, GRID, "hidden").shape == (20, 2)

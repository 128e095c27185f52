"""Tiles: what is asked for, at the resolution asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tuiexplain.trace.tile import Reduce, cell_at, matrix_position, matrix_shape, reduce_tile

shapes = hnp.array_shapes(min_dims=0, max_dims=4, max_side=5)


@given(shapes, st.data())
def test_every_cell_lies_somewhere_and_is_found_again(
    shape: tuple[int, ...], data: st.DataObject
) -> None:
    cell = tuple(data.draw(st.integers(0, n - 1)) for n in shape)
    row, column = matrix_position(shape, cell)
    rows, columns = matrix_shape(shape)
    assert 0 <= row < rows
    assert 0 <= column < columns
    assert cell_at(shape, row, column) == cell


def test_a_small_region_comes_as_it_is() -> None:
    array = np.arange(12.0).reshape(3, 4)
    tile = reduce_tile(array, (1, 3, 1, 3), (2, 2), Reduce.MEAN)
    assert tile.tolist() == [[5, 6], [9, 10]]


@pytest.mark.parametrize(
    ("reduce", "expected"),
    [(Reduce.MEAN, [[2, -1]]), (Reduce.EXTREME, [[3, -4]]), (Reduce.STRIDE, [[1, -4]])],
)
def test_reductions(reduce: Reduce, expected: list[list[float]]) -> None:
    assert reduce_tile(np.array([1, 3, -4, 2]), None, (1, 2), reduce).tolist() == expected


def test_the_mean_counts_what_it_holds() -> None:
    tile = reduce_tile(np.array([2.0, 4.0, 9.0, 1.0, 5.0]), None, (1, 2), Reduce.MEAN)
    assert tile.tolist() == [[3.0, 5.0]]


@given(hnp.arrays(np.float64, (23, 17), elements=st.floats(-9, 9)))
def test_the_extreme_survives(array: np.ndarray) -> None:
    tile = reduce_tile(array, None, (4, 5), Reduce.EXTREME)
    assert tile.shape == (4, 5)
    assert np.abs(tile).max() == np.abs(array).max()


def test_yes_and_no_are_1_and_0() -> None:
    yes = np.array([[True, False], [False, False], [True, True], [True, True]])
    whole = (0, 4, 0, 2)
    assert reduce_tile(yes, whole, (2, 1), Reduce.MEAN).tolist() == [[0.25], [1.0]]
    assert reduce_tile(yes, whole, (2, 1), Reduce.EXTREME).tolist() == [[1], [1]]
    assert reduce_tile(~yes, whole, (2, 1), Reduce.EXTREME).tolist() == [[1], [0]]

"""Tiles: an array at the resolution of the screen.

Every array lies as a matrix: a number is 1x1, a vector one row, a matrix itself, and of an array of
higher rank the leading axes are stacked as rows. The cost of a tile follows what is asked for.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

Region = tuple[int, int, int, int]
"""First row, last row + 1, first column, last column + 1."""


class Reduce(StrEnum):
    """How many cells become one: their mean, the one farthest from zero, or the first."""

    MEAN = "mean"
    EXTREME = "extreme"
    STRIDE = "stride"


def matrix_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns of an array of ``shape`` when it lies as a matrix."""
    if not shape:
        return (1, 1)
    rows = 1
    for length in shape[:-1]:
        rows *= length
    return (rows, shape[-1])


def cell_at(shape: tuple[int, ...], row: int, column: int) -> tuple[int, ...]:
    """The cell of an array of ``shape`` that lies at ``row`` and ``column`` of its matrix."""
    if not shape:
        return ()
    leading = np.unravel_index(row, shape[:-1]) if len(shape) > 1 else ()
    return (*(int(i) for i in leading), column)


def matrix_position(shape: tuple[int, ...], cell: tuple[int, ...]) -> tuple[int, int]:
    """Where ``cell`` lies: the inverse of :func:`cell_at`."""
    if not shape:
        return (0, 0)
    row = int(np.ravel_multi_index(cell[:-1], shape[:-1])) if len(shape) > 1 else 0
    return (row, cell[-1])


def reduce_tile(
    array: np.ndarray, region: Region | None, shape: tuple[int, int] | None, reduce: Reduce
) -> np.ndarray:
    """``region`` of ``array`` as a matrix of at most ``shape``; smaller regions come unreduced."""
    array = np.asarray(array)
    rows, columns = matrix_shape(array.shape)
    matrix = array.reshape(rows, columns)
    if region is not None:
        top, bottom, left, right = region
        matrix = matrix[top:bottom, left:right]
    if shape is None or (matrix.shape[0] <= shape[0] and matrix.shape[1] <= shape[1]):
        return matrix
    if matrix.dtype == bool:  # yes counts 1: NumPy's sum of two of them would be yes again
        matrix = matrix.astype(np.int64)
    return _reduce_axis(_reduce_axis(matrix, 0, shape[0], reduce), 1, shape[1], reduce)


def _reduce_axis(matrix: np.ndarray, axis: int, length: int, reduce: Reduce) -> np.ndarray:
    size = matrix.shape[axis]
    if size <= length:
        return matrix
    starts = np.arange(length) * size // length
    if reduce is Reduce.STRIDE:
        return np.asarray(np.take(matrix, starts, axis=axis))
    if reduce is Reduce.MEAN:
        counts = np.diff(np.append(starts, size))
        sums = np.add.reduceat(matrix, starts, axis=axis)
        return np.asarray(sums / (counts[:, None] if axis == 0 else counts))
    high = np.maximum.reduceat(matrix, starts, axis=axis)
    low = np.minimum.reduceat(matrix, starts, axis=axis)
    return np.where(high >= -low, high, low)

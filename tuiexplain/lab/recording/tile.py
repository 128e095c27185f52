"""Tiles of tensors, reduced where they lie; as :mod:`tuiexplain.trace.tile` does for arrays.

Of a very large region only every so many rows and columns are read, so that the cost of a picture
follows the screen and not the model: there a mean or an extreme is that of the cells that were read.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from tuiexplain.trace.tile import Reduce, reduce_tile

MOST_READ = 1 << 20
"""Cells that a tile is made of, at most (but never fewer than the tile has)."""


def steps(size: tuple[int, int], shape: tuple[int, int]) -> tuple[int, int]:
    """Of a region of ``size``, every how many rows and columns are read for a tile of ``shape``."""
    found = []
    cells = size[0] * size[1]
    for length, shown in zip(size, shape, strict=True):
        step = max(1, min(-(-cells // MOST_READ), length // max(1, shown)))
        cells //= step
        found.append(step)
    return found[0], found[1]


def reduce_matrix(matrix: Tensor, shape: tuple[int, int] | None, reduce: Reduce) -> Tensor:
    """``matrix`` at no more than ``shape``; a smaller one comes unreduced.

    Nothing of its own size is made: on a device it is read one stretch at a time; what lies in
    memory, NumPy reduces where it is, which takes a tenth of the time.
    """
    if shape is None:
        return matrix
    if matrix.device.type == "cpu" and matrix.dtype in (torch.float32, torch.float64, torch.int64):
        found = reduce_tile(matrix.detach().numpy(), None, shape, reduce)
        return torch.from_numpy(np.ascontiguousarray(found))
    return _reduce_axis(_reduce_axis(matrix, 0, shape[0], reduce), 1, shape[1], reduce)


def _reduce_axis(matrix: Tensor, axis: int, length: int, reduce: Reduce) -> Tensor:
    size = matrix.shape[axis]
    if size <= length:
        return matrix
    starts = [i * size // length for i in range(length)]
    if reduce is Reduce.STRIDE:
        return matrix.index_select(axis, torch.tensor(starts, device=matrix.device))
    if matrix.dtype is torch.bool:
        matrix = matrix.to(torch.uint8)
    stretches = [
        matrix.narrow(axis, start, end - start)
        for start, end in zip(starts, [*starts[1:], size], strict=True)
    ]
    if reduce is Reduce.MEAN:
        exact = torch.float64 if not matrix.is_floating_point() else None
        exact = torch.float32 if matrix.element_size() < 4 and exact is None else exact
        return torch.stack([s.mean(axis, dtype=exact) for s in stretches], axis)
    return torch.stack([_extreme(s, axis) for s in stretches], axis)


def _extreme(stretch: Tensor, axis: int) -> Tensor:
    low, high = stretch.amin(axis), stretch.amax(axis)
    return torch.where(high >= -low, high, low)

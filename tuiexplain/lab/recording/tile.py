"""Tiles of tensors, reduced where the tensor lies; as :mod:`tuiexplain.trace.tile` does for arrays."""

from __future__ import annotations

import torch
from torch import Tensor

from tuiexplain.trace.tile import Reduce, Region, matrix_shape


def reduce_tensor(
    tensor: Tensor, region: Region | None, shape: tuple[int, int] | None, reduce: Reduce
) -> Tensor:
    """``region`` of ``tensor`` as a matrix of at most ``shape``; smaller regions come unreduced.

    Rows are read one stretch at a time, so nothing of the size of the tensor is made.
    """
    matrix = tensor.reshape(matrix_shape(tuple(tensor.shape)))
    if region is not None:
        top, bottom, left, right = region
        matrix = matrix[top:bottom, left:right]
    if shape is None:
        return matrix
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
        exact = None if matrix.is_floating_point() else torch.float64
        return torch.stack([s.mean(axis, dtype=exact) for s in stretches], axis)
    return torch.stack([_extreme(s, axis) for s in stretches], axis)


def _extreme(stretch: Tensor, axis: int) -> Tensor:
    low, high = torch.aminmax(stretch, dim=axis)
    return torch.where(high >= -low, high, low)

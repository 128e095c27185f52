"""Many numbers to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tuiexplain.engine import autograd, tensors
from tuiexplain.engine.functional.arguments import Dim, axes, axis
from tuiexplain.engine.functional.elementwise import maximum, minimum
from tuiexplain.engine.ops import extremes, reductions

if TYPE_CHECKING:
    from tuiexplain.engine.tensors import Tensor


class Extreme(NamedTuple):
    """What ``max`` and ``min`` along an axis give."""

    values: Tensor
    indices: Tensor


def sum(input: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    options = {"dim": axes("sum", dim, input), "keepdim": keepdim}
    return autograd.apply(reductions.SUM, (input,), options)


def mean(input: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    options = {"dim": axes("mean", dim, input), "keepdim": keepdim}
    return autograd.apply(reductions.MEAN, (input,), options)


def cumsum(input: Tensor, dim: int) -> Tensor:
    """Along ``dim``: each cell plus all before it."""
    return autograd.apply(reductions.CUMSUM, (input,), {"dim": axis("cumsum", dim, input)})


def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest number; along ``dim``, also where it stands; of two tensors, cell by cell."""
    if isinstance(dim, tensors.Tensor):
        return maximum(input, dim)
    return _extreme(extremes.MAX, np.argmax, input, dim, keepdim)


def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest number; along ``dim``, also where it stands; of two tensors, cell by cell."""
    if isinstance(dim, tensors.Tensor):
        return minimum(input, dim)
    return _extreme(extremes.MIN, np.argmin, input, dim, keepdim)


def _extreme(op: Any, place: Any, input: Tensor, dim: int | None, keepdim: bool) -> Any:
    if dim is not None:
        dim = axis(op.name, dim, input)
    elif not input.numel():
        raise ValueError(f"{op.name}: the tensor of shape {input.shape} has no numbers.")
    values = autograd.apply(op, (input,), {"dim": dim, "keepdim": keepdim})
    if dim is None:
        return values
    return Extreme(
        values, tensors.Tensor(np.asarray(place(input.data, axis=dim, keepdims=keepdim)))
    )

"""Making tensors: from data, of one number, in sequence, at random."""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.engine.random import generator
from tuiexplain.engine.tensors import Tensor, lengths

__all__ = [
    "arange", "bool_", "eye", "float64", "from_numpy", "full", "int64", "linspace", "ones",
    "ones_like", "rand", "randint", "randn", "randperm", "tensor", "zeros", "zeros_like",
]  # fmt: skip

float64, int64 = np.float64, np.int64
bool_ = np.bool_


def tensor(data: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor with a copy of ``data``. Real numbers are float64, whole ones int64, as in torch."""
    if isinstance(data, Tensor):
        data = data.data
    try:
        array = np.array(data, dtype=dtype)
    except ValueError:
        raise ValueError("tensor: the rows of the data have different lengths.") from None
    if array.dtype.kind not in "fiub":
        kind = "text" if array.dtype.kind in "US" else "objects"
        raise TypeError(f"tensor: the data must be numbers, not {kind}.")
    kind = array.dtype.kind
    array = array.astype(float64 if kind == "f" else int64 if kind in "iu" else bool_, copy=False)
    result = Tensor(array)
    return result.requires_grad_() if requires_grad else result


def from_numpy(array: np.ndarray) -> Tensor:
    """A tensor that holds ``array`` itself; do not change it in place afterwards."""
    return Tensor(array)


def _leaf(array: np.ndarray, requires_grad: bool) -> Tensor:
    return Tensor(np.asarray(array, dtype=float64), requires_grad)


def zeros(*size: Any, requires_grad: bool = False) -> Tensor:
    return _leaf(np.zeros(lengths(size)), requires_grad)


def ones(*size: Any, requires_grad: bool = False) -> Tensor:
    return _leaf(np.ones(lengths(size)), requires_grad)


def full(size: tuple[int, ...], fill_value: float, requires_grad: bool = False) -> Tensor:
    return _leaf(np.full(size, fill_value), requires_grad)


def zeros_like(input: Tensor, requires_grad: bool = False) -> Tensor:
    return _leaf(np.zeros(input.shape), requires_grad)


def ones_like(input: Tensor, requires_grad: bool = False) -> Tensor:
    return _leaf(np.ones(input.shape), requires_grad)


def eye(n: int, m: int | None = None, requires_grad: bool = False) -> Tensor:
    return _leaf(np.eye(n, m), requires_grad)


def arange(start: float, end: float | None = None, step: float = 1) -> Tensor:
    """Numbers from ``start`` (0 if only one is given) up to, not including, ``end``."""
    return tensor(np.arange(start) if end is None else np.arange(start, end, step))


def linspace(start: float, end: float, steps: int, requires_grad: bool = False) -> Tensor:
    return _leaf(np.linspace(start, end, steps), requires_grad)


def rand(*size: Any, requires_grad: bool = False) -> Tensor:
    """Uniform in [0, 1)."""
    return _leaf(generator().random(lengths(size)), requires_grad)


def randn(*size: Any, requires_grad: bool = False) -> Tensor:
    """Normal with mean 0 and standard deviation 1."""
    return _leaf(generator().standard_normal(lengths(size)), requires_grad)


def randint(low: int, high: int, size: tuple[int, ...]) -> Tensor:
    """Whole numbers from ``low`` up to, not including, ``high``."""
    return Tensor(generator().integers(low, high, size))


def randperm(n: int) -> Tensor:
    """The numbers from 0 to ``n`` - 1 in a random order."""
    return Tensor(generator().permutation(n))

"""Cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tuiexplain.engine import autograd, tensors
from tuiexplain.engine.ops import elementwise
from tuiexplain.engine.random import generator
from tuiexplain.trace.recorder import active
from tuiexplain.trace.value import Kind, Origin, Source

if TYPE_CHECKING:
    from tuiexplain.engine.tensors import Tensor


def abs(input: Tensor) -> Tensor:
    return autograd.apply(elementwise.ABS, (input,))


def round(input: Tensor) -> Tensor:
    """The nearest whole number; of two that are equally near the even one."""
    return autograd.apply(elementwise.ROUND, (input,))


def exp(input: Tensor) -> Tensor:
    return autograd.apply(elementwise.EXP, (input,))


def log(input: Tensor) -> Tensor:
    """The natural logarithm."""
    return autograd.apply(elementwise.LOG, (input,))


def sqrt(input: Tensor) -> Tensor:
    return autograd.apply(elementwise.SQRT, (input,))


def sin(input: Tensor) -> Tensor:
    return autograd.apply(elementwise.SIN, (input,))


def cos(input: Tensor) -> Tensor:
    return autograd.apply(elementwise.COS, (input,))


def maximum(input: Any, other: Any) -> Tensor:
    """The larger of each pair of cells."""
    return _applied(elementwise.MAXIMUM, input, other)


def minimum(input: Any, other: Any) -> Tensor:
    """The smaller of each pair of cells."""
    return _applied(elementwise.MINIMUM, input, other)


def clamp(input: Tensor, min: Any = -np.inf, max: Any = np.inf) -> Tensor:
    """``input``, cut off below ``min`` and above ``max``."""
    return _applied(elementwise.CLAMP, input, min, max)


def where(condition: Tensor, input: Any, other: Any) -> Tensor:
    """``input`` where ``condition`` holds, else ``other``."""
    return _applied(elementwise.WHERE, condition, input, other)


def dropout(input: Tensor, p: float = 0.5, training: bool = True) -> Tensor:
    """Each cell is 0 with probability ``p``; the others grow by 1 / (1 − p)."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout: p is {p}; a probability is from 0 to 1.")
    if not training or p == 0:
        return input
    mask = generator().random(input.shape) >= p
    recorder = active()
    if recorder is not None:
        origin = Origin(Source.SEED, f"dropped, probability {p:g}")
        recorder.declare(mask, "mask", Kind.BUFFER, input.axes, input.labels, origin)
    if p == 1:
        return input * 0.0
    return autograd.apply(elementwise.DROPOUT, (input, tensors.Tensor(mask)), {"p": float(p)})


def _applied(op: Any, *inputs: Any, **options: Any) -> Tensor:
    """Run a row of the table; plain numbers and arrays may stand among its inputs."""
    return autograd.apply(op, tuple(tensors.operand(x) for x in inputs), options or None)

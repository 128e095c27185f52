"""Checking derivatives by central differences: (f(x + h) − f(x − h)) / 2h."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tuiexplain.engine.state import no_grad
from tuiexplain.engine.tensors import Tensor


def numerical_gradient(fn: Callable[[], Tensor], x: Tensor, eps: float = 1e-6) -> np.ndarray:
    """The slope of the sum of ``fn()`` in each cell of ``x``; ``x`` is as before afterwards."""
    before = x.data
    slopes = np.zeros(before.shape)
    with no_grad():
        for cell in np.ndindex(before.shape):
            sides = []
            for h in (eps, -eps):
                moved = before.copy()
                moved[cell] += h
                x.data = moved
                sides.append(float(np.sum(fn().data)))
            slopes[cell] = (sides[0] - sides[1]) / (2 * eps)
    x.data = before
    return slopes


def gradcheck(
    func: Callable[..., Tensor],
    inputs: Sequence[Tensor] | Tensor,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Whether the gradients of ``func`` are its slopes, in every input that requires a gradient.

    A difference larger than ``atol`` + ``rtol``·|slope| raises ValueError with the worst cell (or
    gives ``False``, without ``raise_exception``). ``func`` must give the same at each call.
    """
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    watched = [x for x in inputs if isinstance(x, Tensor) and x.requires_grad]
    if not watched:
        raise ValueError("gradcheck: none of the inputs requires a gradient.")
    kept: list[Any] = [x.grad for x in watched]
    for x in watched:
        x.grad = None
    func(*inputs).sum().backward()
    found = [np.zeros(x.shape) if x.grad is None else x.grad.data for x in watched]
    for x, grad in zip(watched, kept, strict=True):
        x.grad = grad
    for number, (x, analytic) in enumerate(zip(watched, found, strict=True)):
        numeric = numerical_gradient(lambda: func(*inputs), x, eps)
        error = np.abs(analytic - numeric)
        wrong = ~(error <= atol + rtol * np.abs(numeric))
        if np.any(wrong):
            if not raise_exception:
                return False
            cell = np.unravel_index(int(np.argmax(np.where(wrong, error, -1.0))), error.shape)
            where = [int(i) for i in cell]
            raise ValueError(
                f"gradcheck: input {number} at {where}: the gradient is {analytic[cell]:.9g}, "
                f"the slope {numeric[cell]:.9g}."
            )
    return True

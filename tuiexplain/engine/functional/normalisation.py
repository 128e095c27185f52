"""Numbers brought to mean 0 and variance 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tuiexplain.engine import autograd, tensors
from tuiexplain.engine.functional.shapes import reshape
from tuiexplain.engine.ops import norms

if TYPE_CHECKING:
    from tuiexplain.engine.tensors import Tensor


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Each example by its own mean and variance over the last axes, then ·``weight`` + ``bias``."""
    shape = tuple(normalized_shape)
    if not shape or input.shape[-len(shape) :] != shape:
        raise ValueError(f"layer_norm: the last axes of shape {input.shape} are not {shape}.")
    last = tuple(range(input.ndim - len(shape), input.ndim))
    return _norm(norms.LAYER_NORM, (input,), weight, bias, {"dim": last, "own": last, "eps": eps})


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel (axis 1) by its mean and variance, then ·``weight`` + ``bias``.

    In training they are those of the batch, and the running ones move towards them; else they are
    the running ones.
    """
    if input.ndim < 2:
        raise ValueError(f"batch_norm: shape {input.shape} has no axis 1 of channels.")
    batch = tuple(i for i in range(input.ndim) if i != 1)
    if not training and running_mean is not None and running_var is not None:
        shape = [1 if i in batch else -1 for i in range(input.ndim)]
        known = running_mean, running_var, weight, bias
        mean, var, weight, bias = (
            t if t is None or input.ndim == 2 else reshape(t, shape) for t in known
        )
        return _norm(norms.IN_USE, (input, mean, var), weight, bias, {"eps": eps})
    if input.numel() == input.shape[1]:
        raise ValueError(
            f"batch_norm: shape {input.shape} has one number for each channel, and one number has "
            "no spread; train with more rows, or call eval() first."
        )
    options = {"dim": batch, "own": (1,), "eps": eps}
    y = _norm(norms.BATCH_NORM, (input,), weight, bias, options)
    told = {"momentum": float(momentum), "dim": batch}
    for row, running in ((norms.RUNNING_MEAN, running_mean), (norms.RUNNING_VAR, running_var)):
        if running is not None:
            running.data = autograd.remember(row, running.data, input.data, told)
    return y


def _norm(
    op: Any,
    inputs: tuple[Any, ...],
    weight: Tensor | None,
    bias: Tensor | None,
    options: dict[str, Any],
) -> Tensor:
    """A row of normalisation; a bias without a weight needs one of ones in its place."""
    if weight is None and bias is not None:
        weight = tensors.Tensor(np.ones(bias.shape))
    options = {**options, "eps": float(options["eps"])}
    given = (*inputs, *(t for t in (weight, bias) if t is not None))
    return autograd.apply(op, given, options)

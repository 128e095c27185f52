"""Operations as functions, with the names and parameters of ``torch`` and ``torch.nn.functional``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuiexplain.engine import autograd
from tuiexplain.engine.ops import contractions, elementwise, losses, reductions

if TYPE_CHECKING:
    from tuiexplain.engine.tensor import Tensor

apply = autograd.apply


def sigmoid(input: Tensor) -> Tensor:
    return apply(elementwise.SIGMOID, (input,))


def tanh(input: Tensor) -> Tensor:
    return apply(elementwise.TANH, (input,))


def relu(input: Tensor) -> Tensor:
    return apply(elementwise.RELU, (input,))


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``input``·``weight``ᵀ + ``bias``: (…, in), (out, in), (out) → (…, out)."""
    inputs = (input, weight) if bias is None else (input, weight, bias)
    return apply(contractions.LINEAR, inputs)


def matmul(input: Tensor, other: Tensor) -> Tensor:
    return apply(contractions.MATMUL, (input, other))


def sum(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    dim = tuple(dim) if isinstance(dim, list) else dim
    return apply(reductions.SUM, (input,), {"dim": dim, "keepdim": keepdim})


def mean(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    dim = tuple(dim) if isinstance(dim, list) else dim
    return apply(reductions.MEAN, (input,), {"dim": dim, "keepdim": keepdim})


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The squares of the differences: their mean, their sum, or each of them (``none``)."""
    return apply(losses.MSE, (input, target), {"reduction": reduction})

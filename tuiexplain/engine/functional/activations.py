"""What bends the line, and what makes probabilities of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuiexplain.engine import autograd
from tuiexplain.engine.functional.arguments import axis, one_of
from tuiexplain.engine.ops import activations
from tuiexplain.engine.ops import softmax as softmaxes

if TYPE_CHECKING:
    from tuiexplain.engine.tensors import Tensor


def sigmoid(input: Tensor) -> Tensor:
    return autograd.apply(activations.SIGMOID, (input,))


def tanh(input: Tensor) -> Tensor:
    return autograd.apply(activations.TANH, (input,))


def relu(input: Tensor) -> Tensor:
    return autograd.apply(activations.RELU, (input,))


def leaky_relu(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    return autograd.apply(
        activations.LEAKY_RELU, (input,), {"negative_slope": float(negative_slope)}
    )


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x·Φ(x); ``approximate="tanh"`` is the form that GPT-2 has."""
    one_of("gelu", "approximate", approximate, ("none", "tanh"))
    return autograd.apply(activations.GELU, (input,), {"approximate": approximate})


def softmax(input: Tensor, dim: int) -> Tensor:
    """Probabilities: e^x, divided by its sum along ``dim``."""
    return autograd.apply(softmaxes.SOFTMAX, (input,), {"dim": axis("softmax", dim, input)})


def log_softmax(input: Tensor, dim: int) -> Tensor:
    """The logarithm of :func:`softmax`, without its rounding."""
    options = {"dim": axis("log_softmax", dim, input)}
    return autograd.apply(softmaxes.LOG_SOFTMAX, (input,), options)

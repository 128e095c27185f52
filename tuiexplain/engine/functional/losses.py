"""How wrong a network is, as one number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuiexplain.engine import autograd
from tuiexplain.engine.functional.arguments import one_of
from tuiexplain.engine.ops import cross_entropy as cross_entropies
from tuiexplain.engine.ops import losses

if TYPE_CHECKING:
    from tuiexplain.engine.tensors import Tensor

REDUCTIONS = ("mean", "sum", "none")


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The squares of the differences: their mean, their sum, or each of them (``none``)."""
    return _loss(losses.MSE, input, target, reduction)


def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The sizes of the differences."""
    return _loss(losses.L1, input, target, reduction)


def binary_cross_entropy(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """−log of the probability that ``input`` (from 0 to 1) gave to ``target`` (0 or 1)."""
    return _loss(losses.BCE, input, target, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, reduction: str = "mean"
) -> Tensor:
    """:func:`binary_cross_entropy` of the sigmoid of ``input``, without its rounding."""
    return _loss(losses.BCE_WITH_LOGITS, input, target, reduction)


def cross_entropy(
    input: Tensor, target: Tensor, reduction: str = "mean", ignore_index: int = -100
) -> Tensor:
    """−log of the probability that softmax gives to the target.

    ``input``: scores (N, C, …) or (C). ``target``: class numbers (N, …), or probabilities of the
    shape of ``input``. Examples whose target is ``ignore_index`` do not count.
    """
    one_of("cross_entropy", "reduction", reduction, REDUCTIONS)
    probabilities = target.shape == input.shape
    options = {"reduction": reduction, "ignore_index": None if probabilities else ignore_index}
    return autograd.apply(cross_entropies.CROSS_ENTROPY, (input, target), options)


def _loss(op: Any, input: Tensor, target: Tensor, reduction: str) -> Tensor:
    if reduction not in REDUCTIONS:
        one_of(op.name, "reduction", reduction, REDUCTIONS)
    return autograd.apply(op, (input, target), {"reduction": reduction})

"""Products of matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuiexplain.engine import autograd
from tuiexplain.engine.ops import contractions

if TYPE_CHECKING:
    from tuiexplain.engine.tensors import Tensor


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``input``·``weight``ᵀ + ``bias``: (…, in), (out, in), (out) → (…, out)."""
    inputs = (input, weight) if bias is None else (input, weight, bias)
    return autograd.apply(contractions.LINEAR, inputs)


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product, as ``@``: (…, n, k), (…, k, m) → (…, n, m); vectors lose their axis."""
    return autograd.apply(contractions.MATMUL, (input, other))

"""Functions whose window slides over images: names and parameters of ``torch.nn.functional``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuiexplain.engine import autograd
from tuiexplain.engine.ops import convolution, pooling

if TYPE_CHECKING:
    from tuiexplain.engine.tensors import Tensor

Sides = int | tuple[int, int]
"""One number for both directions, or one down and one across."""


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sides = 1,
    padding: Sides = 0,
    dilation: Sides = 1,
    groups: int = 1,
) -> Tensor:
    """Kernels that slide over images: (N, C, H, W), (O, C / groups, h, w), (O) → (N, O, H', W').

    H' = ⌊(H + 2·padding − dilation·(h − 1) − 1) / stride⌋ + 1, and W' likewise. As everywhere in
    the field, this is cross-correlation: the kernel is not flipped.
    """
    if groups < 1 or weight.shape[0] % groups:
        raise ValueError(f"conv2d: {weight.shape[0]} output channels make no {groups} groups.")
    options = {
        "stride": _pair("conv2d", "stride", stride, 1),
        "padding": _pair("conv2d", "padding", padding, 0),
        "dilation": _pair("conv2d", "dilation", dilation, 1),
        "groups": groups,
    }
    inputs = (input, weight) if bias is None else (input, weight, bias)
    return autograd.apply(convolution.CONV2D, inputs, options)


def max_pool2d(
    input: Tensor, kernel_size: Sides, stride: Sides | None = None, padding: Sides = 0
) -> Tensor:
    """The largest number under the window at each place: (N, C, H, W) → (N, C, H', W')."""
    options = _pooling("max_pool2d", kernel_size, stride, padding)
    return autograd.apply(pooling.MAX_POOL2D, (input,), options)


def avg_pool2d(
    input: Tensor, kernel_size: Sides, stride: Sides | None = None, padding: Sides = 0
) -> Tensor:
    """The mean of what is under the window, the padding counted as 0, as in torch."""
    options = _pooling("avg_pool2d", kernel_size, stride, padding)
    return autograd.apply(pooling.AVG_POOL2D, (input,), options)


def _pooling(
    name: str, kernel_size: Sides, stride: Sides | None, padding: Sides
) -> dict[str, tuple[int, int]]:
    kernel = _pair(name, "kernel_size", kernel_size, 1)
    around = _pair(name, "padding", padding, 0)
    if any(2 * p > k for p, k in zip(around, kernel, strict=True)):
        raise ValueError(f"{name}: padding {padding} is more than half the window {kernel_size}.")
    moved = kernel if stride is None else _pair(name, "stride", stride, 1)
    return {"kernel_size": kernel, "stride": moved, "padding": around}


def _pair(name: str, option: str, given: Sides, least: int) -> tuple[int, int]:
    down, across = (given, given) if isinstance(given, int) else given
    if down < least or across < least:
        raise ValueError(f"{name}: {option} is {given}; it is at least {least}.")
    return down, across

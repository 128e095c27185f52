"""Layers whose window slides over images."""

from __future__ import annotations

import tuiexplain.engine.functional as F
from tuiexplain.engine.functional.sliding_windows import Sides
from tuiexplain.engine.nn import init
from tuiexplain.engine.nn.module import Module
from tuiexplain.engine.nn.parameter import Parameter
from tuiexplain.engine.tensors import Tensor


class Conv2d(Module):
    """Kernels over images: (N, in_channels, H, W) → (N, out_channels, H', W').

    ``weight`` is (out_channels, in_channels / groups, rows, columns). Both parameters start uniform
    in ±1/√(in_channels / groups · rows · columns), as in torch. See :func:`F.conv2d` for H' and W'.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sides,
        stride: Sides = 1,
        padding: Sides = 0,
        dilation: Sides = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        rows, columns = (kernel_size,) * 2 if isinstance(kernel_size, int) else kernel_size
        self.stride, self.padding, self.dilation = stride, padding, dilation
        self.groups = groups
        seen = in_channels // groups * rows * columns
        shape = out_channels, in_channels // groups, rows, columns
        self.weight = init.empty_parameter(*shape, axes=("out", "in", "row", "column"))
        init.uniform_(self.weight, -(seen**-0.5), seen**-0.5)
        self.weight.initialised_by = f"uniform ±1/√{seen}"
        self.bias: Parameter | None = None
        if bias:
            self.bias = init.empty_parameter(out_channels, axes=("out",))
            init.uniform_(self.bias, -(seen**-0.5), seen**-0.5)
            self.bias.initialised_by = f"uniform ±1/√{seen}"

    def forward(self, input: Tensor) -> Tensor:
        return F.conv2d(
            input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups
        )

    def extra_repr(self) -> str:
        out, inside, *kernel = self.weight.shape
        return f"{inside * self.groups}, {out}, kernel_size={tuple(kernel)}, stride={self.stride}"


class MaxPool2d(Module):
    """The largest number under the window at each place; see :func:`F.max_pool2d`."""

    def __init__(self, kernel_size: Sides, stride: Sides | None = None, padding: Sides = 0) -> None:
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding

    def forward(self, input: Tensor) -> Tensor:
        return F.max_pool2d(input, self.kernel_size, self.stride, self.padding)


class AvgPool2d(Module):
    """The mean of what is under the window at each place; see :func:`F.avg_pool2d`."""

    def __init__(self, kernel_size: Sides, stride: Sides | None = None, padding: Sides = 0) -> None:
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool2d(input, self.kernel_size, self.stride, self.padding)

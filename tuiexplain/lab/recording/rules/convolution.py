"""Rows of convolution: a small window of weights, laid over every place of the input.

Input place, output place and tap of the window go together by ``input = output·stride − padding +
tap·dilation``; a transposed convolution exchanges input and output.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product as cross
from typing import Any

import numpy as np

from tuiexplain.lab.recording.rules.row import Attrs, Axes, Row, Shape
from tuiexplain.trace.expression import Cell, Expr, Operand, total


@dataclass(frozen=True)
class Window:
    """How a convolution's places go together."""

    kernel: Shape
    stride: Shape
    padding: Shape
    dilation: Shape

    def wide(self, narrow: int, tap: int, axis: int) -> int:
        """The place in the larger array (the input, if not transposed)."""
        return narrow * self.stride[axis] - self.padding[axis] + tap * self.dilation[axis]

    def narrow(self, wide: int, tap: int, axis: int) -> int | None:
        """The place in the smaller array, if the tap meets one."""
        offset = wide + self.padding[axis] - tap * self.dilation[axis]
        return None if offset % self.stride[axis] else offset // self.stride[axis]

    def partners(self, place: Cell, lengths: Shape, to_wide: bool) -> Iterator[tuple[Cell, Cell]]:
        """The places (with their taps) of the other array that go together with ``place``."""
        per_axis = []
        for axis, at in enumerate(place):
            found = []
            for tap in range(self.kernel[axis]):
                other = self.wide(at, tap, axis) if to_wide else self.narrow(at, tap, axis)
                if other is not None and 0 <= other < lengths[axis]:
                    found.append((other, tap))
            per_axis.append(found)
        for combination in cross(*per_axis):
            yield tuple(o for o, _ in combination), tuple(t for _, t in combination)


def window_of(kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Window:
    def full(numbers: Shape) -> Shape:
        return numbers * len(kernel) if len(numbers) == 1 else numbers

    return Window(kernel, full(stride), full(padding), full(dilation))


def why_convolution(
    cell: Cell,
    input: Operand,
    weight: Operand,
    bias: Any,
    *,
    stride: Shape,
    padding: Shape,
    dilation: Shape,
    transposed: bool,
    groups: int,
) -> Expr:
    n, o, *place = cell
    window = window_of(weight.shape[2:], stride, padding, dilation)
    per_group = input.shape[1] // groups
    outputs = weight.shape[1] if transposed else weight.shape[0] // groups
    group = o // outputs
    terms: list[Expr] = []
    for c in range(per_group):
        channel = group * per_group + c
        for at, tap in window.partners(tuple(place), input.shape[2:], not transposed):
            own = (channel, o % outputs) if transposed else (o, c)
            terms.append(input[n, channel, *at] * weight[*own, *tap])
    return total([*terms, bias[o]] if bias is not None else terms)


def why_convolution_input(
    cell: Cell,
    grad_output: Operand,
    input: Operand,
    weight: Operand,
    *,
    stride: Shape,
    padding: Shape,
    dilation: Shape,
    transposed: bool,
    groups: int,
) -> Expr:
    n, channel, *place = cell
    window = window_of(weight.shape[2:], stride, padding, dilation)
    per_group = input.shape[1] // groups
    outputs = weight.shape[1] if transposed else weight.shape[0] // groups
    group = channel // per_group
    terms: list[Expr] = []
    for k in range(outputs):
        o = group * outputs + k
        for at, tap in window.partners(tuple(place), grad_output.shape[2:], transposed):
            own = (channel, k) if transposed else (o, channel % per_group)
            terms.append(grad_output[n, o, *at] * weight[*own, *tap])
    return total(terms)


def why_convolution_weight(
    cell: Cell,
    grad_output: Operand,
    input: Operand,
    weight: Operand,
    *,
    stride: Shape,
    padding: Shape,
    dilation: Shape,
    transposed: bool,
    groups: int,
) -> Expr:
    first, second, *tap = cell
    window = window_of(weight.shape[2:], stride, padding, dilation)
    per_group = input.shape[1] // groups
    if transposed:
        channel, o = first, (first // per_group) * weight.shape[1] + second
        narrow, wide = input, grad_output
    else:
        o, channel = first, (first // (weight.shape[0] // groups)) * per_group + second
        narrow, wide = grad_output, input
    terms: list[Expr] = []
    for at in np.ndindex(narrow.shape[2:]):
        other = tuple(window.wide(a, t, i) for i, (a, t) in enumerate(zip(at, tap, strict=True)))
        if not all(0 <= p < length for p, length in zip(other, wide.shape[2:], strict=True)):
            continue
        there, here = (other, at) if transposed else (at, other)
        terms += [
            grad_output[n, o, *there] * input[n, channel, *here] for n in range(input.shape[0])
        ]
    return total(terms)


def why_convolution_bias(cell: Cell, grad_output: Operand) -> Expr:
    shape = grad_output.shape
    return total(
        grad_output[n, cell[0], *at] for n in range(shape[0]) for at in np.ndindex(shape[2:])
    )


def convolved(attrs: Attrs) -> str:
    text = "{input} ∗ {weight}"
    return f"{text} + {{bias}}" if "bias" in attrs["slots"] else text


def convolved_axes(input: Axes, weight: Axes, bias: Any, **_: Any) -> Axes:
    return (input[0], weight[0], *input[2:])


ROWS: dict[str, Row] = {
    "convolution": Row(why_convolution, convolved, convolved_axes),
    "convolution_backward.input": Row(why_convolution_input, "{grad_output} ∗ {weight}, turned"),
    "convolution_backward.weight": Row(why_convolution_weight, "{input} ∗ {grad_output}"),
    "convolution_backward.bias": Row(why_convolution_bias, "Σ {grad_output}"),
}

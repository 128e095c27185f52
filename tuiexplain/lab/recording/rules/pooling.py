"""Rows of pooling: one number for each window of the input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tuiexplain.lab.recording.rules.convolution import Window, window_of
from tuiexplain.lab.recording.rules.row import Row, Shape
from tuiexplain.trace.expression import Call, Cell, Chosen, Constant, Expr, Operand, total


def pooling(kernel: Shape, stride: Shape, padding: Shape, dilation: Shape = (1,)) -> Window:
    """No stride given means windows side by side."""
    kernel = kernel * 2 if len(kernel) == 1 else kernel
    return window_of(kernel, stride or kernel, padding, dilation)


def inside(window: Window, cell: Cell, shape: Shape) -> list[Cell]:
    """The input's cells in the window of the output's ``cell``; the last axes are places."""
    rank = len(window.kernel)
    lead, place, lengths = cell[:-rank], cell[-rank:], shape[-rank:]
    return [(*lead, *at) for at, _ in window.partners(place, lengths, True)]


def flat(cell: Cell, shape: Shape, rank: int) -> int:
    """The number of a place, counted through the rows."""
    return int(np.ravel_multi_index(cell[-rank:], shape[-rank:]))


def why_max_indices(
    cell: Cell, x: Operand, *, kernel_size: Shape, stride: Shape, padding: Shape, dilation: Shape
) -> Expr:
    window = pooling(kernel_size, stride, padding, dilation)
    rivals = inside(window, cell, x.shape)
    numbers = [flat(c, x.shape, len(window.kernel)) for c in rivals]
    found = [x[c] for c in rivals]
    return Call("place of the max", found, lambda *values: numbers[int(np.argmax(values))])


def why_max_pool(
    cell: Cell,
    x: Operand,
    indices: Operand,
    *,
    kernel_size: Shape,
    stride: Shape,
    padding: Shape,
    dilation: Shape,
) -> Expr:
    window = pooling(kernel_size, stride, padding, dilation)
    rivals = [x[c] for c in inside(window, cell, x.shape)]
    return Call("max", rivals, lambda *values: max(values))


def why_max_pool_backward(
    cell: Cell,
    grad_output: Operand,
    x: Operand,
    indices: Operand,
    *,
    kernel_size: Shape,
    stride: Shape,
    padding: Shape,
    dilation: Shape,
) -> Expr:
    window = pooling(kernel_size, stride, padding, dilation)
    rank = len(window.kernel)
    here = flat(cell, x.shape, rank)
    lead, place = cell[:-rank], cell[-rank:]
    terms = []
    for at, _ in window.partners(place, grad_output.shape[-rank:], False):
        winner = indices[*lead, *at]
        if int(winner.number) == here:
            terms.append(Chosen(grad_output[*lead, *at], [winner]))
    return total(terms) if terms else Constant(0.0)


# -- means -------------------------------------------------------------------------------------------


def window_size(
    window: Window, place: Cell, lengths: Shape, count_include_pad: bool, divisor: Any
) -> int:
    """By how many an average is divided: padding counts if it is to."""
    if divisor:
        return int(divisor)
    size = 1
    for axis, at in enumerate(place):
        start = window.wide(at, 0, axis)
        end = min(start + window.kernel[axis], lengths[axis] + window.padding[axis])
        low, high = (start, end) if count_include_pad else (max(start, 0), min(end, lengths[axis]))
        size *= high - low
    return size


def why_avg_pool(
    cell: Cell,
    x: Operand,
    *,
    kernel_size: Shape,
    stride: Shape = (),
    padding: Shape = (0,),
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Expr:
    window = pooling(kernel_size, stride, padding)
    rank = len(window.kernel)
    counted = window_size(
        window, cell[-rank:], x.shape[-rank:], count_include_pad, divisor_override
    )
    return total(x[c] for c in inside(window, cell, x.shape)) / Constant(counted)


def why_avg_pool_backward(
    cell: Cell,
    grad_output: Operand,
    x: Operand,
    *,
    kernel_size: Shape,
    stride: Shape = (),
    padding: Shape = (0,),
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Expr:
    window = pooling(kernel_size, stride, padding)
    rank = len(window.kernel)
    lead, place = cell[:-rank], cell[-rank:]
    terms = []
    for at, _ in window.partners(place, grad_output.shape[-rank:], False):
        size = window_size(window, at, x.shape[-rank:], count_include_pad, divisor_override)
        terms.append(grad_output[*lead, *at] / Constant(size))
    return total(terms) if terms else Constant(0.0)


def stretch(place: int, length: int, pieces: int) -> range:
    """The stretch of an axis that piece number ``place`` is the mean of."""
    return range(place * length // pieces, -(-(place + 1) * length // pieces))


def why_adaptive_pool(cell: Cell, x: Operand, *, output_size: Shape) -> Expr:
    found = list(_adaptive(cell, x.shape, output_size))
    return total(x[c] for c in found) / Constant(len(found))


def _adaptive(cell: Cell, shape: Shape, pieces: Shape) -> Iterator[Cell]:
    rank = len(pieces)
    stretches = [
        stretch(p, n, k) for p, n, k in zip(cell[-rank:], shape[-rank:], pieces, strict=True)
    ]
    for at in np.ndindex(*(len(s) for s in stretches)):
        yield (*cell[:-rank], *(s[i] for s, i in zip(stretches, at, strict=True)))


def why_adaptive_pool_backward(cell: Cell, grad_output: Operand, x: Operand) -> Expr:
    pieces = grad_output.shape[-2:]
    terms = []
    for at in np.ndindex(*pieces):
        group = list(_adaptive((*cell[:-2], *at), x.shape, pieces))
        if cell in group:
            terms.append(grad_output[*cell[:-2], *at] / Constant(len(group)))
    return total(terms)


def same_axes(x: Any, *_: Any, **__: Any) -> Any:
    return x


ROWS: dict[str, Row] = {
    "max_pool2d_with_indices.indices": Row(why_max_indices, "argmax({x})"),
    "max_pool2d_with_indices": Row(why_max_pool, "max_pool({x}, {kernel_size})", same_axes),
    "max_pool2d_with_indices_backward": Row(
        why_max_pool_backward, "0, [{indices}] += {grad_output}"
    ),
    "avg_pool2d": Row(why_avg_pool, "avg_pool({x}, {kernel_size})", same_axes),
    "avg_pool2d_backward": Row(why_avg_pool_backward, "{grad_output} / N"),
    "adaptive_avg_pool2d": Row(
        why_adaptive_pool, "adaptive_avg_pool({x}, {output_size})", same_axes
    ),
    "adaptive_avg_pool2d_backward": Row(why_adaptive_pool_backward, "{grad_output} / N"),
}

"""Rows of group normalisation: each example's channels, group by group, over all their places."""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.lab.recording.rules.layer_norm import (
    norm_formula,
    norm_slope,
    rstd,
    same_axes,
    slope,
)
from tuiexplain.lab.recording.rules.row import Row, Shape
from tuiexplain.trace.expression import Cell, Constant, Expr, Operand, total


def members(at: Cell, shape: Shape, group: int) -> list[Cell]:
    """The cells that the mean at ``at`` (example, group) is of; ``group`` is how many there are."""
    example, number = at
    size = shape[1] // group
    channels = range(number * size, (number + 1) * size)
    return [(example, c, *place) for c in channels for place in np.ndindex(*shape[2:])]


def group_of(cell: Cell, shape: Shape, group: int) -> Cell:
    """The cell of the means that ``cell`` goes by."""
    return cell[0], cell[1] * group // shape[1]


def why_mean(cell: Cell, input: Operand, *, group: int) -> Expr:
    found = members(cell, input.shape, group)
    return total(input[c] for c in found) / Constant(len(found))


def why_rstd(cell: Cell, input: Operand, mean: Operand, *, group: int, eps: Any) -> Expr:
    return rstd([input[c] for c in members(cell, input.shape, group)], mean[cell], eps)


def why_norm(
    cell: Cell,
    input: Operand,
    weight: Any,
    bias: Any,
    mean: Operand,
    rstd: Operand,
    *,
    group: int,
) -> Expr:
    at = group_of(cell, input.shape, group)
    x: Expr = (input[cell] - mean[at]) * rstd[at]
    if weight is not None:
        x = x * weight[cell[1]]
    return x if bias is None else x + bias[cell[1]]


def why_input(
    cell: Cell,
    grad_out: Operand,
    input: Operand,
    mean: Operand,
    rstd: Operand,
    weight: Any,
    *,
    group: int,
) -> Expr:
    at = group_of(cell, input.shape, group)
    found = members(at, input.shape, group)
    gradients = [grad_out[c] if weight is None else grad_out[c] * weight[c[1]] for c in found]
    normed = [(input[c] - mean[at]) * rstd[at] for c in found]
    return slope(found.index(cell), gradients, normed, rstd[at])


def of_channel(channel: int, shape: Shape) -> list[Cell]:
    """The cells of a channel, in all examples."""
    return [(n, channel, *p) for n in range(shape[0]) for p in np.ndindex(*shape[2:])]


def why_weight(
    cell: Cell, grad_out: Operand, input: Operand, mean: Operand, rstd: Operand, *, group: int
) -> Expr:
    terms = []
    for c in of_channel(cell[0], input.shape):
        at = group_of(c, input.shape, group)
        terms.append(grad_out[c] * ((input[c] - mean[at]) * rstd[at]))
    return total(terms)


def why_bias(cell: Cell, grad_out: Operand) -> Expr:
    return total(grad_out[c] for c in of_channel(cell[0], grad_out.shape))


ROWS: dict[str, Row] = {
    "native_group_norm.mean": Row(why_mean, "mean {input}"),
    "native_group_norm.rstd": Row(why_rstd, "1 / √(var {input} + ε)"),
    "native_group_norm": Row(why_norm, norm_formula, same_axes),
    "native_group_norm_backward.input": Row(why_input, norm_slope),
    "native_group_norm_backward.weight": Row(why_weight, "Σ {grad_out}·({input} − {mean})·{rstd}"),
    "native_group_norm_backward.bias": Row(why_bias, "Σ {grad_out}"),
}

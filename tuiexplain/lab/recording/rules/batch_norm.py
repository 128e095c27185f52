"""Rows of batch normalisation: over everything but the channels, which lie along axis 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.lab.recording.rules.layer_norm import (
    norm_formula,
    norm_slope,
    rstd,
    same_axes,
    scaled_and_moved,
    slope,
)
from tuiexplain.lab.recording.rules.row import Row, Shape, constant
from tuiexplain.trace.expression import Cell, Constant, Expr, Operand, total


def channel(cell: Cell, shape: Shape) -> list[Cell]:
    """All cells of the channel number ``cell[0]``."""
    rest = np.ndindex(shape[0], *shape[2:])
    return [(at[0], cell[0], *at[1:]) for at in rest]


def why_batch_mean(cell: Cell, input: Operand) -> Expr:
    group = channel(cell, input.shape)
    return total(input[c] for c in group) / Constant(len(group))


def why_batch_rstd(cell: Cell, input: Operand, mean: Operand, *, eps: Any) -> Expr:
    return rstd([input[c] for c in channel(cell, input.shape)], mean[cell], eps)


def running_rstd(running_var: Operand, at: Cell, eps: Any) -> Expr:
    root: Any = np.sqrt(running_var[at] + Constant(eps, "ε"))
    return 1.0 / root


def why_batch_norm(
    cell: Cell,
    input: Operand,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    mean: Any,
    rstd: Any,
    *,
    training: bool = True,
    eps: Any,
) -> Expr:
    at = (cell[1],)
    if training:
        x = (input[cell] - mean[at]) * rstd[at]
    else:
        x = (input[cell] - running_mean[at]) * running_rstd(running_var, at, eps)
    return scaled_and_moved(x, weight, bias, at)


def why_running_mean(cell: Cell, running_mean: Operand, mean: Operand, *, momentum: Any) -> Expr:
    old = constant(1.0 - momentum) * running_mean[cell]
    return old + constant(momentum) * mean[cell]


def why_running_var(
    cell: Cell, input: Operand, running_var: Operand, rstd: Operand, *, momentum: Any, eps: Any
) -> Expr:
    n = len(channel(cell, input.shape))
    variance = (1.0 / rstd[cell] ** 2 - Constant(eps, "ε")) * Constant(n / (n - 1))
    return constant(1.0 - momentum) * running_var[cell] + constant(momentum) * variance


def why_batch_norm_input(
    cell: Cell,
    grad_out: Operand,
    input: Operand,
    weight: Any,
    running_var: Any,
    save_mean: Any,
    save_invstd: Any,
    *,
    train: bool,
    eps: Any,
) -> Expr:
    at = (cell[1],)
    if not train:
        gradient = grad_out[cell] if weight is None else grad_out[cell] * weight[at]
        return gradient * running_rstd(running_var, at, eps)
    group = channel(at, input.shape)
    gradients = [grad_out[c] for c in group]
    normed = [(input[c] - save_mean[at]) * save_invstd[at] for c in group]
    result = slope(group.index(cell), gradients, normed, save_invstd[at])
    return result if weight is None else result * weight[at]


def why_batch_norm_weight(
    cell: Cell,
    grad_out: Operand,
    input: Operand,
    running_mean: Any,
    running_var: Any,
    save_mean: Any,
    save_invstd: Any,
    *,
    train: bool,
    eps: Any,
) -> Expr:
    mean = save_mean[cell] if train else running_mean[cell]
    spread = save_invstd[cell] if train else running_rstd(running_var, cell, eps)
    group = channel(cell, input.shape)
    return total(grad_out[c] * ((input[c] - mean) * spread) for c in group)


def why_batch_norm_bias(cell: Cell, grad_out: Operand) -> Expr:
    return total(grad_out[c] for c in channel(cell, grad_out.shape))


ROWS: dict[str, Row] = {
    "native_batch_norm.mean": Row(why_batch_mean, "mean {input}"),
    "native_batch_norm.rstd": Row(why_batch_rstd, "1 / √(var {input} + ε)"),
    "native_batch_norm": Row(why_batch_norm, norm_formula, same_axes),
    "native_batch_norm.running_mean": Row(
        why_running_mean, "(1 − {momentum})·{running_mean} + {momentum}·{mean}"
    ),
    "native_batch_norm.running_var": Row(
        why_running_var, "(1 − {momentum})·{running_var} + {momentum}·N/(N − 1)·(1/{rstd}² − ε)"
    ),
    "native_batch_norm_backward.input": Row(why_batch_norm_input, norm_slope),
    "native_batch_norm_backward.weight": Row(
        why_batch_norm_weight, "Σ {grad_out}·({input} − mean)·rstd"
    ),
    "native_batch_norm_backward.bias": Row(why_batch_norm_bias, "Σ {grad_out}"),
}

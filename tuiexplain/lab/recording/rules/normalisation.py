"""Rows of layer and batch normalisation: (x − mean) / spread, times a weight, plus a bias."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tuiexplain.lab.recording.rules.row import Row, Shape, constant
from tuiexplain.trace.expression import Cell, Constant, Expr, Operand, total

# -- layer norm: over the last axes --------------------------------------------------------------------


def members(cell: Cell, shape: Shape, normalized: Shape) -> tuple[Cell, list[Cell]]:
    """The cell of the mean that ``cell`` goes by, and the cells that it is the mean of."""
    lead = cell[: len(shape) - len(normalized)]
    inner = [tuple(i) for i in np.ndindex(*normalized)]
    return (*lead, *(0 for _ in normalized)), [(*lead, *i) for i in inner]


def why_layer_mean(cell: Cell, input: Operand, *, normalized_shape: Shape) -> Expr:
    _, group = members(cell, input.shape, normalized_shape)
    return total(input[c] for c in group) / Constant(len(group))


def rstd(row: Sequence[Expr], mean: Expr, eps: Any) -> Expr:
    """1 / √(Σ (x − mean)² / N + ε)."""
    variance = total((x - mean) ** 2 for x in row) / Constant(len(row))
    return 1.0 / np.sqrt(variance + Constant(eps, "ε"))


def why_layer_rstd(
    cell: Cell, input: Operand, mean: Operand, *, normalized_shape: Shape, eps: Any
) -> Expr:
    at, group = members(cell, input.shape, normalized_shape)
    return rstd([input[c] for c in group], mean[at], eps)


def scaled_and_moved(x: Expr, weight: Any, bias: Any, at: Cell) -> Expr:
    if weight is not None:
        x = x * weight[at]
    return x if bias is None else x + bias[at]


def why_layer_norm(
    cell: Cell,
    input: Operand,
    weight: Any,
    bias: Any,
    mean: Operand,
    rstd: Operand,
    *,
    normalized_shape: Shape,
) -> Expr:
    at, _ = members(cell, input.shape, normalized_shape)
    x = (input[cell] - mean[at]) * rstd[at]
    return scaled_and_moved(x, weight, bias, cell[len(cell) - len(normalized_shape) :])


def slope(place: int, gradients: Sequence[Expr], normed: Sequence[Expr], rstd: Expr) -> Expr:
    """rstd·(g − mean g − x̂·mean(g·x̂)): a norm's derivative, for one of the cells it went over."""
    n = Constant(len(gradients))
    pairs = zip(gradients, normed, strict=True)
    common = total(gradients) / n
    leaning = total(g * x for g, x in pairs) / n
    return rstd * (gradients[place] - common - normed[place] * leaning)


def why_layer_norm_input(
    cell: Cell,
    grad_out: Operand,
    input: Operand,
    mean: Operand,
    rstd: Operand,
    weight: Any,
    *,
    normalized_shape: Shape,
) -> Expr:
    at, group = members(cell, input.shape, normalized_shape)
    size = len(cell) - len(normalized_shape)
    gradients = [grad_out[c] if weight is None else grad_out[c] * weight[c[size:]] for c in group]
    normed = [(input[c] - mean[at]) * rstd[at] for c in group]
    return slope(group.index(cell), gradients, normed, rstd[at])


def why_layer_norm_weight(
    cell: Cell,
    grad_out: Operand,
    input: Operand,
    mean: Operand,
    rstd: Operand,
    *,
    normalized_shape: Shape,
) -> Expr:
    terms = []
    for lead in np.ndindex(input.shape[: len(input.shape) - len(normalized_shape)]):
        c = (*lead, *cell)
        at = (*lead, *(0 for _ in normalized_shape))
        terms.append(grad_out[c] * ((input[c] - mean[at]) * rstd[at]))
    return total(terms)


def why_layer_norm_bias(cell: Cell, grad_out: Operand, *, normalized_shape: Shape) -> Expr:
    leading = grad_out.shape[: len(grad_out.shape) - len(normalized_shape)]
    return total(grad_out[*lead, *cell] for lead in np.ndindex(leading))


# -- batch norm: over everything but the channels (axis 1) ---------------------------------------------


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


def norm_formula(attrs: Any) -> str:
    text = "({input} − {mean})·{rstd}"
    if attrs.get("training") is False:
        text = "({input} − {running_mean}) / √({running_var} + ε)"
    weight, bias = "weight" in attrs["slots"], "bias" in attrs["slots"]
    return text + ("·{weight}" if weight else "") + (" + {bias}" if bias else "")


def norm_slope(attrs: Any) -> str:
    g = "{grad_out}·{weight}" if "weight" in attrs["slots"] else "{grad_out}"
    return f"rstd·({g} − mean({g}) − x̂·mean({g}·x̂)), x̂ = ({{input}} − mean)·rstd"


def same_axes(input: Any, *_: Any, **__: Any) -> Any:
    return input


LAYER: dict[str, Row] = {
    "native_layer_norm.mean": Row(why_layer_mean, "mean {input}"),
    "native_layer_norm.rstd": Row(why_layer_rstd, "1 / √(var {input} + ε)"),
    "native_layer_norm": Row(why_layer_norm, norm_formula, same_axes),
    "native_layer_norm_backward.input": Row(why_layer_norm_input, norm_slope),
    "native_layer_norm_backward.weight": Row(
        why_layer_norm_weight, "Σ {grad_out}·({input} − {mean})·{rstd}"
    ),
    "native_layer_norm_backward.bias": Row(why_layer_norm_bias, "Σ {grad_out}"),
}
BATCH: dict[str, Row] = {
    "native_batch_norm.mean": Row(why_batch_mean, "mean {input} of each channel"),
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

ROWS = {**LAYER, **BATCH}

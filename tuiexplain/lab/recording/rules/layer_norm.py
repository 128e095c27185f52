"""Rows of layer normalisation: (x − mean) / spread over the last axes, weighed, plus a bias."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tuiexplain.lab.recording.rules.row import Row, Shape
from tuiexplain.trace.expression import Cell, Constant, Expr, Operand, total


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


ROWS: dict[str, Row] = {
    "native_layer_norm.mean": Row(why_layer_mean, "mean {input}"),
    "native_layer_norm.rstd": Row(why_layer_rstd, "1 / √(var {input} + ε)"),
    "native_layer_norm": Row(why_layer_norm, norm_formula, same_axes),
    "native_layer_norm_backward.input": Row(why_layer_norm_input, norm_slope),
    "native_layer_norm_backward.weight": Row(
        why_layer_norm_weight, "Σ {grad_out}·({input} − {mean})·{rstd}"
    ),
    "native_layer_norm_backward.bias": Row(why_layer_norm_bias, "Σ {grad_out}"),
}

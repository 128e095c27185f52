"""The row of cross-entropy: how surprised softmax is by the target.

Classes lie along axis 1 (axis 0 of a single example), as in torch. Targets are class numbers, one
for each example, or, where ``ignore_index`` is None, probabilities of the shape of the input.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tuiexplain.engine.op import Attrs, Op, Vjp
from tuiexplain.engine.ops.families import reduced_formula, slope_formula
from tuiexplain.engine.ops.softmax import line, log_softmax, probability, softmax, surprise
from tuiexplain.trace.expression import Cell, Chosen, Constant, Expr, Operand, total

Ignored = int | None


def class_axis(shape: Sequence[int]) -> int:
    return 1 if len(shape) > 1 else 0


def desired(input: Any, target: Any, ignore_index: Ignored) -> Any:
    """The wanted probabilities: 1 for the target's class, nothing where the target is ignored."""
    if ignore_index is None:
        return target
    axis = class_axis(input.shape)
    classes = np.arange(input.shape[axis])
    classes = classes.reshape([-1 if i == axis else 1 for i in range(input.ndim)])
    numbers = np.expand_dims(target, axis)
    if np.any((numbers != ignore_index) & ((numbers < 0) | (numbers >= classes.size))):
        raise ValueError("a target is not one of the classes")
    return ((numbers == classes) & (numbers != ignore_index)) * 1.0


def examples(input_shape: Sequence[int], target: Any, ignore_index: Ignored) -> int:
    """How many examples count."""
    if ignore_index is None:
        return int(np.prod(input_shape)) // input_shape[class_axis(input_shape)]
    return int(np.count_nonzero(np.asarray(target) != ignore_index))


def cross_entropy(input: Any, target: Any, *, reduction: str, ignore_index: Ignored) -> Any:
    axis = class_axis(input.shape)
    wanted = desired(input, target, ignore_index)
    surprises = -log_softmax(input, dim=axis)
    surprises = np.where(wanted == 0, 0.0, wanted * surprises)
    if reduction == "none":
        return np.add.reduce(surprises, axis=axis)
    summed = np.add.reduce(surprises, axis=None)
    if reduction == "sum":
        return summed
    return summed / np.float64(examples(input.shape, target, ignore_index))


def cross_entropy_input(
    g: Any, input: Any, target: Any, *, reduction: str, ignore_index: Ignored
) -> Any:
    axis = class_axis(input.shape)
    wanted = desired(input, target, ignore_index)
    share = np.add.reduce(wanted, axis=axis, keepdims=True)
    slope = softmax(input, dim=axis) * share - wanted
    if reduction == "none":
        return np.expand_dims(g, axis) * slope
    if reduction == "mean":
        g = g / np.float64(examples(input.shape, target, ignore_index))
    return g * slope


def cross_entropy_target(
    g: Any, input: Any, target: Any, *, reduction: str, ignore_index: Ignored
) -> Any:
    axis = class_axis(input.shape)
    slope = -log_softmax(input, dim=axis)
    if reduction == "none":
        return np.expand_dims(g, axis) * slope
    if reduction == "mean":
        g = g / np.float64(examples(input.shape, target, ignore_index))
    return g * slope


def positions(input: Operand) -> Iterator[Cell]:
    """The examples: cells of the input without the class axis."""
    axis = class_axis(input.shape)
    return np.ndindex(*input.shape[:axis], *input.shape[axis + 1 :])


def scores(input: Operand, position: Cell) -> list[Expr]:
    axis = class_axis(input.shape)
    return line(input, (*position[:axis], 0, *position[axis:]), axis)


def counted(input: Operand, target: Operand, ignore_index: Ignored) -> int:
    if ignore_index is None:
        return sum(1 for _ in positions(input))
    return sum(int(target.fetch(p)) != ignore_index for p in positions(input))


def why_one(input: Operand, target: Operand, position: Cell, ignore_index: Ignored) -> Expr:
    """The cross-entropy of one example: log Σ eˣ − x of its class, or weighted by probabilities."""
    row = scores(input, position)
    if ignore_index is None:
        wanted = scores(target, position)
        return total(w * surprise(row, place) for place, w in enumerate(wanted))
    wanted_class = target[position]
    if int(wanted_class.number) == ignore_index:
        return Chosen(Constant(0.0), [wanted_class])
    return surprise(row, int(wanted_class.number), [wanted_class])


def why_cross_entropy(
    cell: Cell, input: Operand, target: Operand, *, reduction: str, ignore_index: Ignored
) -> Expr:
    if reduction == "none":
        return why_one(input, target, cell, ignore_index)
    losses = total(why_one(input, target, p, ignore_index) for p in positions(input))
    if reduction == "sum":
        return losses
    return losses / Constant(counted(input, target, ignore_index))


def why_cross_entropy_input(
    cell: Cell,
    g: Operand,
    input: Operand,
    target: Operand,
    *,
    reduction: str,
    ignore_index: Ignored,
) -> Expr:
    axis = class_axis(input.shape)
    position, this = (*cell[:axis], *cell[axis + 1 :]), cell[axis]
    upstream: Expr = g[position if reduction == "none" else ()]
    p = probability(scores(input, position), this)
    if ignore_index is None:
        slope = p * total(scores(target, position)) - target[cell]
    elif int(target[position].number) == ignore_index:
        slope = Chosen(Constant(0.0), [target[position]])
    else:
        hit: Any = np.equal(target[position], this)  # type: ignore[call-overload]
        slope = p - hit
    result = upstream * slope
    return (
        result / Constant(counted(input, target, ignore_index)) if reduction == "mean" else result
    )


def why_cross_entropy_target(
    cell: Cell,
    g: Operand,
    input: Operand,
    target: Operand,
    *,
    reduction: str,
    ignore_index: Ignored,
) -> Expr:
    axis = class_axis(input.shape)
    position = (*cell[:axis], *cell[axis + 1 :])
    upstream: Expr = g[position if reduction == "none" else ()]
    result = upstream * surprise(scores(input, position), cell[axis])
    return (
        result / Constant(counted(input, target, ignore_index)) if reduction == "mean" else result
    )


def cross_entropy_mismatch(input: Any, target: Any, **_: Any) -> str:
    axis = class_axis(input.shape)
    rest = (*input.shape[:axis], *input.shape[axis + 1 :])
    if np.shape(target) == rest:
        classes = input.shape[axis]
        return f"a target is not one of the {classes} classes, 0 to {classes - 1}."
    return (
        f"scores of shape {input.shape} need targets of shape {rest} (class numbers) "
        f"or {input.shape} (probabilities), not {np.shape(target)}."
    )


def cross_entropy_formula(attrs: Attrs) -> str:
    classes, probabilities = "−log softmax({input})[{target}]", "−Σ {target}·log softmax({input})"
    text = probabilities if attrs["ignore_index"] is None else classes
    return reduced_formula(text)(attrs)


def cross_entropy_slope(attrs: Attrs) -> str:
    wanted = "{target}" if attrs["ignore_index"] is None else "onehot({target})"
    return slope_formula(f"{{g}}·(softmax({{input}}) − {wanted})")(attrs)


CROSS_ENTROPY = Op(
    "cross_entropy",
    cross_entropy,
    formula=cross_entropy_formula,
    vjps={
        "input": Vjp(
            cross_entropy_input,
            cross_entropy_slope,
            why_cross_entropy_input,
        ),
        "target": Vjp(
            cross_entropy_target,
            slope_formula("−{g}·log softmax({input})"),
            why_cross_entropy_target,
        ),
    },
    why=why_cross_entropy,
    axes=lambda input, target, **_: (*input[:1], *input[2:]) if len(input) > 1 else (),
    mismatch=cross_entropy_mismatch,
)

ROWS = (CROSS_ENTROPY,)

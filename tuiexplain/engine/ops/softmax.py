"""Rows of softmax and cross-entropy: numbers to probabilities, and how wrong these are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from tuiexplain.engine.op import Op, Vjp
from tuiexplain.engine.ops.families import reduced_formula, slope_formula
from tuiexplain.trace.expression import Cell, Chosen, Constant, Expr, Operand, product, total

# -- one row of numbers, as expressions ------------------------------------------------------------


def line(x: Operand, cell: Cell, dim: int) -> list[Expr]:
    """The cells of ``x`` along ``dim`` through ``cell``."""
    dim %= max(1, len(x.shape))
    if not x.shape:
        return [x[()]]
    return [x[*cell[:dim], i, *cell[dim + 1 :]] for i in range(x.shape[dim])]


class Stable(Expr):
    """Arithmetic as it is written, with the number of a computation that loses no digits.

    e¹⁰⁰⁰ is no number, and log(e^x + …) − x rounds; subtracting the largest x first avoids both.
    """

    __slots__ = ("written",)

    def __init__(self, written: Expr, number: float) -> None:
        self.written, self.number = written, np.float64(number)

    @property
    def binds(self) -> int:  # type: ignore[override]
        return self.written.binds

    def parts(self) -> Sequence[Expr]:
        return self.written.parts()

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        return self.written.write(atom, most)


def numbers(row: Sequence[Expr]) -> np.ndarray:
    return np.array([r.number for r in row])


def probability(row: Sequence[Expr], place: int) -> Expr:
    """exp(x) / Σ exp(x)."""
    exponentials: list[Any] = [np.exp(r) for r in row]
    written = exponentials[place] / total(exponentials)
    return Stable(written, softmax(numbers(row), dim=0)[place])


def surprise(row: Sequence[Expr], place: int, chosen_by: Sequence[Expr] = ()) -> Expr:
    """Log Σ exp(x) − x: how unlikely the ``place`` is, as a logarithm."""
    log: Any = np.log(total([np.exp(r) for r in row]))
    chosen = Chosen(row[place], chosen_by) if chosen_by else row[place]
    return Stable(log - chosen, -log_softmax(numbers(row), dim=0)[place])


# -- softmax ---------------------------------------------------------------------------------------


def softmax(x: Any, *, dim: int) -> Any:
    exponentials = np.exp(x - np.maximum.reduce(x, axis=dim, keepdims=True))
    return exponentials / np.add.reduce(exponentials, axis=dim, keepdims=True)


def softmax_x(g: Any, y: Any, *, dim: int) -> Any:
    return y * (g - np.add.reduce(g * y, axis=dim, keepdims=True))


def why_softmax(cell: Cell, x: Operand, *, dim: int) -> Expr:
    return probability(line(x, cell, dim), cell[dim] if cell else 0)


def why_softmax_x(cell: Cell, g: Operand, y: Operand, *, dim: int) -> Expr:
    pairs = zip(line(g, cell, dim), line(y, cell, dim), strict=True)
    return y[cell] * (g[cell] - total(a * b for a, b in pairs))


SOFTMAX = Op(
    "softmax",
    softmax,
    formula="e^{x} / Σ e^{x}",
    vjps={"x": Vjp(softmax_x, "{y}·({g} − Σ {g}·{y})", why_softmax_x)},
    why=why_softmax,
    axes=lambda x, **_: x,
)


def log_softmax(x: Any, *, dim: int) -> Any:
    x = x - np.maximum.reduce(x, axis=dim, keepdims=True)
    return x - np.log(np.add.reduce(np.exp(x), axis=dim, keepdims=True))


def log_softmax_x(g: Any, y: Any, *, dim: int) -> Any:
    return g - np.exp(y) * np.add.reduce(g, axis=dim, keepdims=True)


def why_log_softmax(cell: Cell, x: Operand, *, dim: int) -> Expr:
    row, place = line(x, cell, dim), cell[dim] if cell else 0
    log: Any = np.log(total([np.exp(r) for r in row]))
    return Stable(row[place] - log, log_softmax(numbers(row), dim=0)[place])


def why_log_softmax_x(cell: Cell, g: Operand, y: Operand, *, dim: int) -> Expr:
    probability: Any = np.exp(y[cell])
    return g[cell] - product([probability, total(line(g, cell, dim))])


LOG_SOFTMAX = Op(
    "log_softmax",
    log_softmax,
    formula="{x} − log Σ e^{x}",
    vjps={"x": Vjp(log_softmax_x, "{g} − e^{y}·Σ {g}", why_log_softmax_x)},
    why=why_log_softmax,
    axes=lambda x, **_: x,
)

# -- cross-entropy ---------------------------------------------------------------------------------
# Classes lie along axis 1 (axis 0 of a single example), as in torch. Targets are class numbers, one
# for each example, or probabilities, of the shape of the input.


def class_axis(shape: Sequence[int]) -> int:
    return 1 if len(shape) > 1 else 0


def desired(input: Any, target: Any, ignore_index: int) -> Any:
    """The wanted probabilities: 1 for the target's class, nothing where the target is ignored."""
    if np.shape(target) == np.shape(input):
        return target
    axis = class_axis(input.shape)
    classes = np.arange(input.shape[axis])
    classes = classes.reshape([-1 if i == axis else 1 for i in range(input.ndim)])
    numbers = np.expand_dims(target, axis)
    if np.any((numbers != ignore_index) & ((numbers < 0) | (numbers >= classes.size))):
        raise ValueError("a target is not one of the classes")
    return ((numbers == classes) & (numbers != ignore_index)) * 1.0


def examples(input_shape: Sequence[int], target: Any, ignore_index: int) -> int:
    """How many examples count."""
    if np.shape(target) == tuple(input_shape):
        return int(np.prod(input_shape)) // input_shape[class_axis(input_shape)]
    return int(np.count_nonzero(np.asarray(target) != ignore_index))


def cross_entropy(input: Any, target: Any, *, reduction: str, ignore_index: int) -> Any:
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
    g: Any, input: Any, target: Any, *, reduction: str, ignore_index: int
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
    g: Any, input: Any, target: Any, *, reduction: str, ignore_index: int
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


def counted(input: Operand, target: Operand, ignore_index: int) -> int:
    if target.shape == input.shape:
        return sum(1 for _ in positions(input))
    return sum(int(target[p].number) != ignore_index for p in positions(input))


def why_one(input: Operand, target: Operand, position: Cell, ignore_index: int) -> Expr:
    """The cross-entropy of one example: log Σ eˣ − x of its class, or weighted by probabilities."""
    row = scores(input, position)
    if target.shape == input.shape:
        wanted = scores(target, position)
        return total(w * surprise(row, place) for place, w in enumerate(wanted))
    wanted_class = target[position]
    if int(wanted_class.number) == ignore_index:
        return Chosen(Constant(0.0), [wanted_class])
    return surprise(row, int(wanted_class.number), [wanted_class])


def why_cross_entropy(
    cell: Cell, input: Operand, target: Operand, *, reduction: str, ignore_index: int
) -> Expr:
    if reduction == "none":
        return why_one(input, target, cell, ignore_index)
    losses = total(why_one(input, target, p, ignore_index) for p in positions(input))
    if reduction == "sum":
        return losses
    return losses / Constant(counted(input, target, ignore_index))


def why_cross_entropy_input(
    cell: Cell, g: Operand, input: Operand, target: Operand, *, reduction: str, ignore_index: int
) -> Expr:
    axis = class_axis(input.shape)
    position, this = (*cell[:axis], *cell[axis + 1 :]), cell[axis]
    upstream: Expr = g[position if reduction == "none" else ()]
    p = probability(scores(input, position), this)
    if target.shape == input.shape:
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
    cell: Cell, g: Operand, input: Operand, target: Operand, *, reduction: str, ignore_index: int
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


CROSS_ENTROPY = Op(
    "cross_entropy",
    cross_entropy,
    formula=reduced_formula("−log softmax({input})[{target}]"),
    vjps={
        "input": Vjp(
            cross_entropy_input,
            slope_formula("{g}·(softmax({input}) − {target})"),
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

ROWS = (SOFTMAX, LOG_SOFTMAX, CROSS_ENTROPY)

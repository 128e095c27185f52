"""Rows of losses and their derivatives. ``reduction``: 0 none, 1 mean, 2 sum, as ATen counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tuiexplain.engine.ops.families import choose
from tuiexplain.lab.recording.rules.row import Attrs, Row, constant
from tuiexplain.trace.expression import (
    Call,
    Cell,
    Chosen,
    Constant,
    Expr,
    Operand,
    Ref,
    lift,
    total,
)

NONE, MEAN = 0, 1
LEAST_LOG = -100.0
"""Binary cross-entropy lets no logarithm fall below this."""


def size_of(x: Operand) -> int:
    return int(np.prod(x.shape))


def loss(one: Callable[..., Any], formula: str) -> Row:
    """The row of a loss that is worked out cell by cell, then averaged or summed."""

    def why(
        cell: Cell,
        x: Operand,
        target: Operand,
        weight: Any,
        *,
        reduction: int = MEAN,
        **options: Any,
    ) -> Expr:
        def at(c: Cell) -> Expr:
            value = lift(one(x[c], target[c], **options))
            return value if weight is None else value * weight[c]

        if reduction == NONE:
            return at(cell)
        summed = total(at(tuple(c)) for c in np.ndindex(x.shape))
        return summed / Constant(size_of(x)) if reduction == MEAN else summed

    return Row(_with_options(why, one), _reduced(formula))


def slope(one: Callable[..., Any], formula: str) -> Row:
    """The row of the derivative of such a loss."""

    def why(
        cell: Cell,
        grad_output: Operand,
        x: Operand,
        target: Operand,
        weight: Any,
        *,
        reduction: int = MEAN,
        **options: Any,
    ) -> Expr:
        upstream = grad_output[cell if grad_output.shape else ()]
        result = upstream * lift(one(x[cell], target[cell], **options))
        if weight is not None:
            result = result * weight[cell]
        return result / Constant(size_of(x)) if reduction == MEAN else result

    return Row(_with_options(why, one), formula)


def _with_options(why: Callable[..., Expr], one: Callable[..., Any]) -> Callable[..., Expr]:
    """``why`` with the options of ``one`` in its signature, for the row to see."""
    import inspect

    outer = inspect.signature(why)
    kept = [p for p in outer.parameters.values() if p.kind is not p.VAR_KEYWORD]
    own = [p for p in inspect.signature(one).parameters.values() if p.kind is p.KEYWORD_ONLY]
    why.__signature__ = outer.replace(parameters=[*kept, *own])  # type: ignore[attr-defined]
    return why


def _reduced(text: str) -> Callable[[Attrs], str]:
    before = {0: "", 1: "mean ", 2: "Σ "}
    return lambda attrs: before[attrs.get("reduction", MEAN)] + text


def smooth(x: Any, target: Any, *, beta: Any = 1.0) -> Any:
    """A parabola near the target, straight lines farther away."""
    away = np.absolute(x - target)
    near = (x - target) ** 2 / constant(2 * beta)
    return choose(np.less(away, beta), near, away - constant(beta / 2))


def smooth_slope(x: Any, target: Any, *, beta: Any = 1.0) -> Any:
    away = x - target
    return choose(np.less(np.absolute(away), beta), away / constant(beta), np.sign(away))


def huber(x: Any, target: Any, *, delta: Any = 1.0) -> Any:
    away = np.absolute(x - target)
    near = (x - target) ** 2 * 0.5
    return choose(np.less_equal(away, delta), near, constant(delta) * (away - constant(delta / 2)))


def huber_slope(x: Any, target: Any, *, delta: Any = 1.0) -> Any:
    away = x - target
    far = constant(delta) * np.sign(away)
    return choose(np.less_equal(np.absolute(away), delta), away, far)


def bounded_log(x: Any) -> Any:
    logarithm: Any = np.log(x)
    return np.maximum(logarithm, LEAST_LOG)


def crossed(x: Any, target: Any) -> Any:
    """−(t·log x + (1 − t)·log(1 − x))."""
    return -(target * bounded_log(x) + (1.0 - target) * bounded_log(1.0 - x))


def crossed_slope(x: Any, target: Any) -> Any:
    return (x - target) / np.maximum((1.0 - x) * x, 1e-12)


def crossed_logits(x: Any, target: Any) -> Any:
    """(1 − t)·x + log(1 + e^−x)."""
    rest = Call("log(1 + e^−x)", [x], lambda z: np.logaddexp(0.0, -z))
    return (1.0 - target) * x + rest


CELL_BY_CELL: dict[str, Row] = {
    "mse_loss": loss(lambda x, target: (x - target) ** 2, "({x} − {target})²"),
    "mse_loss_backward": slope(
        lambda x, target: 2.0 * (x - target), "{grad_output}·2·({x} − {target}) / N"
    ),
    "smooth_l1_loss": loss(smooth, "smooth |{x} − {target}|"),
    "smooth_l1_loss_backward": slope(smooth_slope, "{grad_output}·slope({x} − {target}) / N"),
    "huber_loss": loss(huber, "huber |{x} − {target}|"),
    "huber_loss_backward": slope(huber_slope, "{grad_output}·slope({x} − {target}) / N"),
    "binary_cross_entropy": loss(crossed, "−({target}·log {x} + (1 − {target})·log(1 − {x}))"),
    "binary_cross_entropy_backward": slope(
        crossed_slope, "{grad_output}·({x} − {target}) / ({x}·(1 − {x})) / N"
    ),
    "binary_cross_entropy_with_logits": loss(
        crossed_logits, "(1 − {target})·{x} + log(1 + e^−{x})"
    ),
}

# -- negative log likelihood: classes lie along axis 1, of a single example along axis 0 ---------------


def chosen_cell(position: Cell, target: Ref, rank: int) -> Cell:
    """The cell of the target's class in the scores."""
    number = int(target.number)
    return (number,) if rank == 1 else (position[0], number, *position[1:])


def counted(target: Operand, ignore_index: int) -> list[Any]:
    """The targets that count."""
    every = [target[tuple(p)] for p in np.ndindex(target.shape)]
    return [t for t in every if int(t.number) != ignore_index]


def why_total_weight(
    cell: Cell, target: Operand, weight: Any, *, reduction: int = MEAN, ignore_index: int = -100
) -> Expr:
    if reduction == NONE:
        return Constant(0.0)
    found = counted(target, ignore_index)
    if weight is None:
        return Constant(len(found))
    return total(Chosen(weight[int(t.number)], [t]) for t in found)


def why_nll(
    cell: Cell,
    x: Operand,
    target: Operand,
    weight: Any,
    total_weight: Operand,
    *,
    reduction: int = MEAN,
    ignore_index: int = -100,
) -> Expr:
    def at(t: Any) -> Expr:
        if int(t.number) == ignore_index:
            return Chosen(Constant(0.0), [t])
        one = -Chosen(x[chosen_cell(t.cell, t, len(x.shape))], [t])
        return one if weight is None else one * weight[int(t.number)]

    if reduction == NONE:
        return at(target[cell])
    summed = total(at(t) for t in counted(target, ignore_index))
    return summed / total_weight[()] if reduction == MEAN else summed


def why_nll_backward(
    cell: Cell,
    grad_output: Operand,
    x: Operand,
    target: Operand,
    weight: Any,
    total_weight: Operand,
    *,
    reduction: int,
    ignore_index: int,
) -> Expr:
    axis = 1 if len(cell) > 1 else 0
    position = (*cell[:axis], *cell[axis + 1 :])
    t = target[position]
    number = int(t.number)
    if number == ignore_index or number != cell[axis]:
        return Chosen(Constant(0.0), [t])
    result = -Chosen(grad_output[position if grad_output.shape else ()], [t])
    if weight is not None:
        result = result * weight[number]
    return result / total_weight[()] if reduction == MEAN else result


NLL = Row(why_nll, _reduced("(−{x}[{target}])"))
NLL_BACKWARD = Row(why_nll_backward, "−{grad_output} / {total_weight} at {target}, else 0")
TOTAL_WEIGHT = Row(why_total_weight, "how many {target} count")

ROWS: dict[str, Row] = {
    **CELL_BY_CELL,
    "nll_loss_forward": NLL,
    "nll_loss2d_forward": NLL,
    "nll_loss_forward.total_weight": TOTAL_WEIGHT,
    "nll_loss2d_forward.total_weight": TOTAL_WEIGHT,
    "nll_loss_backward": NLL_BACKWARD,
    "nll_loss2d_backward": NLL_BACKWARD,
}

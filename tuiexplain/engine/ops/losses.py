"""Rows that compare predictions with targets, cell by cell: one table of elementwise losses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tuiexplain.engine.op import Attrs, Axes, Op, Rule, Vjp
from tuiexplain.engine.ops.families import (
    Stable,
    at,
    merged,
    reduced_formula,
    repeats,
    slope_formula,
)
from tuiexplain.trace.expression import Cell, Constant, Expr, lift, total

Pair = Callable[[Any, Any], Any]


@dataclass(frozen=True, eq=False)
class PairLoss(Op):
    """A loss of each prediction and its target, then their mean, their sum, or neither.

    ``each`` and its two ``slopes`` are written like elementwise rows; the rest follows.
    """

    each: Pair = lambda input, target: None
    slopes: tuple[Pair, Pair] = (each, each)

    def explain(self, cell: Cell, operands: Sequence[Any], attrs: Attrs) -> Expr:
        if attrs["reduction"] == "none":
            return lift(self.each(*(at(o, cell) for o in operands)))
        shape = np.broadcast_shapes(*(o.shape for o in operands))
        losses = total(lift(self.each(*(at(o, c) for o in operands))) for c in np.ndindex(shape))
        if attrs["reduction"] == "sum":
            return losses
        return losses / Constant(int(np.prod(shape)))

    def explain_vjp(self, rule: Rule, cell: Cell, operands: Sequence[Any], attrs: Attrs) -> Expr:
        g, *pair = operands
        slope = self.slopes[self.slots.index(rule.slot)]
        shape = np.broadcast_shapes(*(o.shape for o in pair))
        of = pair[self.slots.index(rule.slot)].shape
        reduction = attrs["reduction"]
        terms = []
        for c in repeats(cell, of, shape):
            upstream = g[c if reduction == "none" else ()]
            terms.append(upstream * slope(*(at(o, c) for o in pair)))
        result = total(terms)
        return result / Constant(int(np.prod(shape))) if reduction == "mean" else result

    def output_axes(self, inputs: Sequence[Axes], shape: tuple[int, ...], attrs: Attrs) -> Axes:
        return merged(inputs) if shape else ()


def pair_loss(
    name: str, each: Pair, slopes: tuple[Pair, Pair], formula: str, slope_formulas: tuple[str, str]
) -> PairLoss:
    """A row from a function of one prediction and one target, and its two derivatives."""

    def forward(input: Any, target: Any, *, reduction: str) -> Any:
        losses = each(input, target)
        if reduction == "none":
            return losses
        summed = np.add.reduce(losses, axis=None)
        return summed / losses.size if reduction == "mean" else summed

    def vjp(slope: Pair, formula: str) -> Vjp:
        def fn(g: Any, input: Any, target: Any, *, reduction: str) -> Any:
            slopes = slope(input, target)
            return slopes * (g / slopes.size if reduction == "mean" else g)

        return Vjp(fn, slope_formula(formula))

    return PairLoss(
        name,
        forward,
        formula=reduced_formula(formula),
        vjps={
            s: vjp(f, t)
            for s, f, t in zip(("input", "target"), slopes, slope_formulas, strict=True)
        },
        broadcasts=True,
        each=each,
        slopes=slopes,
    )


# -- squared and absolute error --------------------------------------------------------------------


def squared_error(input: Any, target: Any) -> Any:
    return (input - target) ** 2


MSE = pair_loss(
    "mse_loss",
    squared_error,
    (lambda input, target: 2.0 * (input - target), lambda input, target: 2.0 * (target - input)),
    "({input} − {target})²",
    ("{g}·2({input} − {target})", "{g}·2({target} − {input})"),
)
L1 = pair_loss(
    "l1_loss",
    lambda input, target: np.absolute(input - target),
    (lambda input, target: np.sign(input - target), lambda input, target: np.sign(target - input)),
    "|{input} − {target}|",
    ("{g}·sign({input} − {target})", "{g}·sign({target} − {input})"),
)

# -- binary cross-entropy --------------------------------------------------------------------------


SMALLEST = float(np.float32(1e-12))
"""What p·(1 − p) counts at least; torch's constant is of single precision."""


def bounded_log(p: Any) -> Any:
    """Log p, but not below −100, as in torch: a certain error costs much, not infinity."""
    if isinstance(p, Expr):
        return np.log(p) if np.log(p.number) > -100 else Constant(-100.0)
    return np.maximum(np.log(p), -100.0)


def bernoulli_surprise(input: Any, target: Any) -> Any:
    return -(target * bounded_log(input) + (1.0 - target) * bounded_log(1.0 - input))


def bernoulli_slope(input: Any, target: Any) -> Any:
    variance = input * (1.0 - input)
    if isinstance(variance, Expr):
        variance = variance if variance.number > SMALLEST else Constant(SMALLEST)
    else:
        variance = np.maximum(variance, SMALLEST)
    return (input - target) / variance


def bernoulli_target_slope(input: Any, target: Any) -> Any:
    return bounded_log(1.0 - input) - bounded_log(input)


BCE = pair_loss(
    "binary_cross_entropy",
    bernoulli_surprise,
    (bernoulli_slope, bernoulli_target_slope),
    "−({target}·log {input} + (1 − {target})·log(1 − {input}))",
    (
        "{g}·({input} − {target}) / ({input}·(1 − {input}))",
        "{g}·(log(1 − {input}) − log {input})",
    ),
)


def logit_surprise(input: Any, target: Any) -> Any:
    """−t·log σ(x) − (1 − t)·log(1 − σ(x)), without the large exponentials."""
    if isinstance(input, Expr):
        written: Any = np.log(1.0 + np.exp(input)) - target * input
        return Stable(written, logit_surprise(input.number, lift(target).number))
    return np.maximum(input, 0.0) - input * target + np.log1p(np.exp(-np.absolute(input)))


BCE_WITH_LOGITS = pair_loss(
    "binary_cross_entropy_with_logits",
    logit_surprise,
    (
        lambda input, target: 1.0 / (1.0 + np.exp(-input)) - target,
        lambda input, target: -input,
    ),
    "(log(1 + e^{input}) − {target}·{input})",
    ("{g}·(σ({input}) − {target})", "−{g}·{input}"),
)

ROWS = (MSE, L1, BCE, BCE_WITH_LOGITS)

"""Rows that compare predictions with targets, cell by cell: one table of elementwise losses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tuiexplain.engine.op import Attrs, Axes, Formula, Op, Rule, Vjp
from tuiexplain.engine.ops.families import at, merged, repeats
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
            return (g / slopes.size if reduction == "mean" else g) * slopes

        def text(attrs: Attrs) -> str:
            return formula + (" / N" if attrs["reduction"] == "mean" else "")

        return Vjp(fn, text)

    def whole(attrs: Attrs) -> str:
        return {"mean": "mean ", "sum": "Σ ", "none": ""}[attrs["reduction"]] + formula

    return PairLoss(
        name,
        forward,
        formula=whole,
        vjps={s: vjp(f, t) for s, f, t in zip(("input", "target"), slopes, slope_formulas, strict=True)},
        each=each,
        slopes=slopes,
    )


def squared_error(input: Any, target: Any) -> Any:
    d = input - target
    return d * d if isinstance(d, np.ndarray) else d**2


MSE = pair_loss(
    "mse_loss",
    squared_error,
    (lambda input, target: 2.0 * (input - target), lambda input, target: 2.0 * (target - input)),
    "({input} − {target})²",
    ("{g}·2({input} − {target})", "{g}·2({target} − {input})"),
)

ROWS = (MSE,)

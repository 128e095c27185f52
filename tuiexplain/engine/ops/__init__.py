"""The table of operations, by family."""

from tuiexplain.engine.op import Op
from tuiexplain.engine.ops import (
    activations,
    contractions,
    convolution,
    cross_entropy,
    elementwise,
    extremes,
    losses,
    movement,
    norms,
    pooling,
    reductions,
    softmax,
    sums,
    tokens,
    updates,
)

FAMILIES = (
    sums,
    elementwise,
    activations,
    reductions,
    extremes,
    contractions,
    convolution,
    pooling,
    movement,
    tokens,
    softmax,
    norms,
    cross_entropy,
    losses,
    updates,
)

TABLE: dict[str, Op] = {row.name: row for family in FAMILIES for row in family.ROWS}
"""Every operation that the engine has, by name."""

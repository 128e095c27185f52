"""What a training step costs."""

from __future__ import annotations

from typing import NamedTuple

from tuiexplain.play.program import PlayProgram


class Cost(NamedTuple):
    """``learnt`` and ``remembered`` count numbers; ``products`` multiplications of weights.

    Forward a weight is multiplied once for every example, backward twice: for its own gradient and
    for that of what it was multiplied by, which nobody needs of the features.
    """

    learnt: int
    remembered: int
    products: int


def cost(program: PlayProgram) -> Cost:
    """The cost of a step of a full batch."""
    shape, plan = program.shape, program.plan
    examples = program.swift.examples.batch
    weights = [a * b for a, b in zip(shape.widths, shape.widths[1:], strict=False)]
    products = examples * (3 * sum(weights) - weights[0])
    return Cost(plan.learnt, plan.learnt * len(plan.memories), products)

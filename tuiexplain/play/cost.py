"""What a training step costs."""

from __future__ import annotations

from typing import NamedTuple

from tuiexplain.play.network import Network
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
    learnt, memories = program.plan.learnt, len(program.plan.memories)
    examples = program.swift.examples.batch
    return Cost(learnt, learnt * memories, products(program.shape, examples))


def products(shape: Network, examples: int) -> int:
    """How often a step of as many examples multiplies by a weight, or for one's gradient."""
    weights = [a * b for a, b in zip(shape.widths, shape.widths[1:], strict=False)]
    return examples * (3 * sum(weights) - weights[0])

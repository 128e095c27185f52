"""The loss of a part as a function of its parameters: what descent walks on.

Every height is the part's own program at other numbers, so a landscape holds for whatever network,
data and dials there are, and no picture needs to know a formula.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tuiexplain.course.schema import Setting
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.kept import kept_with_first

if TYPE_CHECKING:
    from tuiexplain.course.lesson import Part

KEPT = 16


@dataclass(frozen=True)
class Along:
    """A parameter's cell, and the ``count`` even places from ``low`` to ``high`` it is put at."""

    name: str
    cell: Cell
    low: float
    high: float
    count: int

    @property
    def places(self) -> np.ndarray:
        """Where the cell is put."""
        return np.linspace(self.low, self.high, self.count)


def landscape(
    part: Part,
    settings: Mapping[str, Setting],
    seed: int,
    edits: Mapping[str, float],
    *axes: Along,
) -> np.ndarray:
    """The loss at every combination of places, with an axis for each of ``axes``.

    Other parameters are as at the start of the run. Where a training step uses a batch, these are
    the losses on all examples. The array is shared between calls: do not write into it.
    """
    return _landscape(part, tuple(settings.items()), seed, tuple(edits.items()), axes)


@kept_with_first(KEPT)
def _landscape(
    part: Part,
    settings: tuple[tuple[str, Setting], ...],
    seed: int,
    edits: tuple[tuple[str, float], ...],
    axes: tuple[Along, ...],
) -> np.ndarray:
    program = part.program(dict(settings), seed, dict(edits))
    program.use_everything()
    start = program.state()
    losses = []
    for numbers in itertools.product(*(axis.places for axis in axes)):
        state = dict(start)
        for axis, number in zip(axes, numbers, strict=True):
            array = state[axis.name].copy()
            array[axis.cell] = number
            state[axis.name] = array
        program.restore(state)
        losses.append(part.lesson.guarded(lambda: program.step(0)))
    return np.reshape(losses, [axis.count for axis in axes])

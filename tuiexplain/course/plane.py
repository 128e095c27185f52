"""What a network of two inputs says everywhere in the plane: one forward pass over a grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tuiexplain.course.schema import Setting
from tuiexplain.engine.tensors import Tensor
from tuiexplain.trace.kept import kept_with_first

if TYPE_CHECKING:
    from tuiexplain.course.experiment import Training
    from tuiexplain.course.lesson import Part

Limits = tuple[float, float]
KEPT = 8


class Said(NamedTuple):
    """For each place of a grid (rows from the top, columns from the left) the class that is said.

    ``share`` is its probability, from one over the number of classes to one; where the network
    says no number, it is nan.
    """

    winner: np.ndarray
    share: np.ndarray


def places(x: Limits, y: Limits, columns: int, rows: int) -> np.ndarray:
    """The middles of ``rows`` x ``columns`` equal fields, as points ``(rows * columns, 2)``."""
    across = x[0] + (np.arange(columns) + 0.5) * (x[1] - x[0]) / columns
    down = y[1] - (np.arange(rows) + 0.5) * (y[1] - y[0]) / rows
    return np.column_stack([np.tile(across, rows), np.repeat(down, columns)])


def said(outputs: np.ndarray) -> Said:
    """What outputs ``(…, classes)`` say: scores of several classes, or one probability of class 1.

    One output is yes above one half and is cut to what a probability can be.
    """
    outputs = np.asarray(outputs, dtype=float)
    with np.errstate(all="ignore"):
        if outputs.shape[-1] == 1:
            p = outputs[..., 0]
            winner = (p > 0.5).astype(np.int64)
            return Said(winner, np.clip(np.where(winner, p, 1 - p), 0.5, 1.0))
        scores = outputs - outputs.max(axis=-1, keepdims=True)
        share = 1 / np.exp(scores).sum(axis=-1)
    return Said(scores.argmax(axis=-1), share)


class Plane:
    """A part's network, asked for points it was never trained on."""

    def __init__(self, part: Part, settings: Mapping[str, Setting], seed: int) -> None:
        self._part = part
        self._program: Training = part.program(dict(settings), seed)
        self._kept: dict[tuple[object, ...], tuple[Mapping[str, np.ndarray], np.ndarray]] = {}

    def ask(
        self, numbers: Mapping[str, np.ndarray], points: np.ndarray, method: str = "forward"
    ) -> np.ndarray:
        """What the network, or another method of it, makes of ``points`` ``(count, 2)``.

        ``numbers`` are its parameters and buffers by name. Arrays are never changed in place, so
        the same arrays give the kept answer. Do not write into it.
        """
        key = (method, points.tobytes(), *((name, id(array)) for name, array in numbers.items()))
        if key not in self._kept:
            guarded = self._part.lesson.guarded
            answer = guarded(
                lambda: self._program.evaluate(
                    dict(numbers), lambda net: getattr(net, method)(Tensor(points))
                )
            )
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (dict(numbers), answer.data)  # what is kept keeps its identity
        return self._kept[key][1]


@kept_with_first(KEPT)
def plane(part: Part, settings: tuple[tuple[str, Setting], ...], seed: int) -> Plane:
    """The plane of a part with these dials; its network is made once."""
    return Plane(part, dict(settings), seed)

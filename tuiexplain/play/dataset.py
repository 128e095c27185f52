"""What a network of the playground learns from: rows of numbers, answers, and who is held out."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Note(NamedTuple):
    """Something that was done to data on its way in: a text of the table ``[play_note]``."""

    key: str
    fields: dict[str, Any]


class Dataset(NamedTuple):
    """``inputs`` (rows, columns) float64, as the network's features are made of them.

    ``targets`` (rows,): classes as whole numbers, or, where ``classes`` is empty, numbers to be
    predicted. ``train`` and ``test`` are the numbers of the rows on either side of the split.
    """

    name: str
    columns: tuple[str, ...]
    inputs: np.ndarray
    targets: np.ndarray
    classes: tuple[str, ...]
    train: np.ndarray
    test: np.ndarray
    notes: tuple[Note, ...] = ()

    @property
    def planar(self) -> bool:
        """Whether it is points of a plane, of which all of a network's features can be made."""
        return len(self.columns) == 2

    def without(self, rows: tuple[int, ...]) -> Dataset:
        """The same with some examples left out of training."""
        return self._replace(train=self.train[~np.isin(self.train, rows)])


def split(rows: int, share: float, draws: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Which of ``rows`` are learnt from and which are held out, at random, at least one of each."""
    order = draws.permutation(rows)
    kept = min(max(1, round(rows * share)), rows - 1) if rows > 1 else rows
    return np.sort(order[:kept]), np.sort(order[kept:])

"""A state in one vector: many small arrays that are copied, kept and compared as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np


class Spot(NamedTuple):
    """Where an array lies: a block of ``rows`` x ``width`` numbers, and the columns of it."""

    start: int
    rows: int
    width: int
    first: int
    shape: tuple[int, ...]

    def of(self, vector: np.ndarray) -> np.ndarray:
        """The array, as a view."""
        block = vector[self.start : self.start + self.rows * self.width]
        columns = self.shape[1] if len(self.shape) == 2 else 1
        table = block.reshape(self.rows, self.width)[:, self.first : self.first + columns]
        return table.reshape(self.shape) if len(self.shape) == 2 else table[:, 0]


Layout = Mapping[str, Spot]
"""The arrays of a vector by name. Every array has one axis or two."""


def array_spot(start: int, shape: tuple[int, ...]) -> Spot:
    """An array in a block of its own."""
    rows, width = (shape[0], shape[1]) if len(shape) == 2 else (shape[0], 1)
    return Spot(start, rows, width, 0, shape)


class Packed(Mapping[str, np.ndarray]):
    """The arrays of ``vector``, by name; none of them can be written to."""

    __slots__ = ("layout", "vector")

    def __init__(self, layout: Layout, vector: np.ndarray) -> None:
        self.layout, self.vector = layout, vector
        vector.flags.writeable = False

    def __getitem__(self, name: str) -> np.ndarray:
        return self.layout[name].of(self.vector)

    def __iter__(self) -> Iterator[str]:
        return iter(self.layout)

    def __len__(self) -> int:
        return len(self.layout)


def pack(layout: Layout, state: Mapping[str, np.ndarray], vector: np.ndarray) -> None:
    """Write the arrays of ``state`` into ``vector``; what it lacks becomes 0."""
    if isinstance(state, Packed) and state.layout is layout:
        vector[:] = state.vector
        return
    vector[:] = 0
    for name, spot in layout.items():
        if name in state:
            spot.of(vector)[...] = state[name]

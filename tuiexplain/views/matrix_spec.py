"""What a matrix is, for its picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np

from tuiexplain.trace.tile import Region

Mode = Literal["auto", "digits", "heat"]
Position = tuple[int, int]


class Tiles(Protocol):
    """A matrix that is read a tile at a time (one that lies in another process, say)."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the whole matrix."""

    def tile(self, region: Region, shape: tuple[int, int]) -> np.ndarray:
        """``region`` at no more than ``shape`` rows and columns."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """What to draw.

    ``values``: rows x columns, or something that hands out tiles; ``None`` for a matrix that is not
    computed yet, of ``shape``. ``known``, ``changed``: masks of the whole shape, ``None`` for all
    and none. ``causes``: positions that the selected number came from. ``near``: what the window
    shows, where neither a cursor nor a cause says it. ``largest``: the magnitude of the strongest
    colour, ``None`` for the largest of ``values``. ``accent`` colours the title (the phase that
    made it).

    Two are equal if everything in them is, numbers included: equal ones have one picture.
    """

    title: str = ""
    values: Any = None
    shape: tuple[int, int] | None = None
    note: str = ""
    row_labels: Sequence[str] = ()
    column_labels: Sequence[str] = ()
    known: np.ndarray | None = None
    changed: np.ndarray | None = None
    causes: frozenset[Position] = frozenset()
    cursor: Position | None = None
    near: Position | None = None
    focused: bool = False
    largest: float | None = None
    accent: str | None = None
    mode: Mode = "auto"

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        if self.shape is not None:
            return self.shape
        if self.values is None:
            return (0, 0)
        rows, columns = self.values.shape
        return (rows, columns)

    @cached_property
    def content(self) -> tuple[Any, ...]:
        """All of it, by value."""
        return tuple(_by_value(part) for part in vars(self).values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Matrix) and self.content == other.content

    def __hash__(self) -> int:
        return hash(self.content)


def _by_value(part: Any) -> Any:
    if isinstance(part, np.ndarray):
        return part.shape, part.dtype.char, part.tobytes()
    return tuple(part) if isinstance(part, list) else part

"""What a picture of a network with all its weights is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Column:
    """One layer: its units from top to bottom.

    ``surfaces`` (units, rows, columns) are what each unit says over the plane, for the size that
    :func:`tuiexplain.views.wiring_layout.layout` gives; a row of NaN is a unit that is switched off.
    ``labels`` are the units' names, or none.
    """

    title: str
    surfaces: np.ndarray
    labels: Sequence[str] = ()
    off: frozenset[int] = frozenset()

    @property
    def count(self) -> int:
        """Units of the layer."""
        return len(self.surfaces)


@dataclass(frozen=True)
class Wiring:
    """``weights`` are one matrix (to, from) less than there are columns; NaN is no weight at all.

    They are drawn by their magnitude against the largest of all; with ``backward`` they are
    gradients. ``unit`` (column, unit) is where the cursor is, and ``source`` the unit of the column
    before whose weight to it is looked at.
    """

    columns: Sequence[Column]
    weights: Sequence[np.ndarray]
    unit: tuple[int, int] | None = None
    source: int | None = None
    backward: bool = False
    focused: bool = False
    note: str = ""
    """What is written on the wire from ``source``."""

"""What a column is: numbers or names, what is missing, and what cannot be learnt from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuiexplain.course.text import without_controls
from tuiexplain.play.tables.raw import Raw

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?", "-"))
"""What stands where nothing is known, in any mixture of capitals."""
LONGEST_CATEGORY = 20


class Column(NamedTuple):
    """A column of a table: ``numbers`` (rows,), nan where nothing is known.

    Where ``categories`` is not empty, they are places in it.
    """

    name: str
    numbers: np.ndarray
    categories: tuple[str, ...]

    @property
    def missing(self) -> int:
        """How many cells say nothing."""
        return int(np.isnan(self.numbers).sum())

    @property
    def constant(self) -> bool:
        """Whether all that is known is the same."""
        known = self.numbers[~np.isnan(self.numbers)]
        return not len(known) or bool((known == known[0]).all())


def columns(raw: Raw) -> tuple[Column, ...]:
    """The columns of a table, each understood."""
    return tuple(
        _numeric(name, cells) if cells.dtype.kind == "f" else _from_text(name, cells)
        for name, cells in zip(raw.header, raw.cells, strict=True)
    )


def _numeric(name: str, numbers: np.ndarray) -> Column:
    return Column(name, np.where(np.isfinite(numbers), numbers, np.nan), ())


def _from_text(name: str, cells: np.ndarray) -> Column:
    gone = np.array([cell.lower() in MISSING for cell in cells])
    numbers = np.full(len(cells), np.nan)
    try:
        numbers[~gone] = cells[~gone].astype(np.float64)
        return _numeric(name, numbers)
    except ValueError:
        pass
    categories, places = np.unique(cells[~gone], return_inverse=True)
    numbers[~gone] = places
    return Column(name, numbers, tuple(_shown(str(category)) for category in categories))


def _shown(category: str) -> str:
    return " ".join(without_controls(category).split())[:LONGEST_CATEGORY] or "?"

"""A table as a file has it: names of columns, and cells as text or as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tuiexplain.play.dataset import Note
from tuiexplain.play.errors import PlayError

MOST_ROWS = 100_000
"""Of a longer table, as many rows are taken, evenly."""
MOST_BYTES = 2 * 1024**3
MOST_COLUMNS = 1_000


@dataclass(frozen=True)
class Raw:
    """``cells`` has an array for each column, of strings or of floats."""

    name: str
    header: tuple[str, ...]
    cells: tuple[np.ndarray, ...]
    notes: tuple[Note, ...] = field(default=())

    @property
    def rows(self) -> int:
        """How many."""
        return len(self.cells[0]) if self.cells else 0


def check_size(name: str, size: int) -> None:
    """Refuse a file of more than :data:`MOST_BYTES` bytes."""
    if size > MOST_BYTES:
        told = {"size": f"{size / 1024**3:.1f}", "most": MOST_BYTES // 1024**3}
        raise PlayError(
            f"{name}: {told['size']} GB are more than the playground reads ({told['most']} GB): "
            "keep some of the rows.",
            "too_big",
            file=name,
            **told,
        )


def check_columns(name: str, count: int) -> None:
    """Refuse a table of more than :data:`MOST_COLUMNS` columns."""
    if count > MOST_COLUMNS:
        raise PlayError(
            f"{name}: {count} columns are more than {MOST_COLUMNS}: keep fewer.",
            "too_many_columns",
            file=name,
            columns=count,
            most=MOST_COLUMNS,
        )

"""The table of ATen operations, by family. Imports no torch."""

from tuiexplain.lab.recording.rules import tracing
from tuiexplain.lab.recording.rules.row import Row

FAMILIES = (tracing,)

TABLE: dict[str, Row] = {name: row for family in FAMILIES for name, row in family.ROWS.items()}
"""Every operation that has a row, by name."""

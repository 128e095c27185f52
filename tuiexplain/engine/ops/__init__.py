"""The table of operations, by family."""

from tuiexplain.engine.op import Op
from tuiexplain.engine.ops import contractions, elementwise, losses, reductions, sums, updates

FAMILIES = (sums, elementwise, reductions, contractions, losses, updates)

TABLE: dict[str, Op] = {row.name: row for family in FAMILIES for row in family.ROWS}
"""Every operation that the engine has, by name."""

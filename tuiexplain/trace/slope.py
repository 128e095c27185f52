"""The slope of one number in another, measured: nudge, run the same events again, compare."""

from __future__ import annotations

from tuiexplain.trace.expression import Cell
from tuiexplain.trace.replay import Edit, replay
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Value

NUDGE = 1e-5
"""Its square and the noise of a float64 over it are of one size, some 1e-10."""


def measured_slope(trace: Trace, value: Value, cell: Cell, of: Value) -> float:
    """How fast ``of`` (one number) changes with ``cell`` of ``value``: a central difference.

    ``value`` is a leaf: what an event makes is made anew by every replay.
    """
    here = trace.cell(value, cell)
    nudge = NUDGE * max(1.0, abs(here))
    above, below = (
        float(replay(trace, [Edit(value.id, cell, here + side)]).data(of).reshape(-1)[0])
        for side in (nudge, -nudge)
    )
    return (above - below) / (2 * nudge)

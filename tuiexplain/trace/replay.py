"""What if: the same events run again with some numbers changed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tuiexplain.trace.expression import Cell
from tuiexplain.trace.trace import Content, Trace
from tuiexplain.trace.value import Value


class Edit(NamedTuple):
    """A number set by hand: a cell of the value with this id."""

    value: int
    cell: Cell
    number: float


def replay(trace: Trace, edits: Sequence[Edit]) -> Trace:
    """``trace`` with ``edits`` made and every event downstream of them computed again.

    Values and events keep their ids; arrays that nothing changed are shared with ``trace``.
    """
    by_value: dict[int, list[Edit]] = {}
    for edit in edits:
        by_value.setdefault(edit.value, []).append(edit)
    before = list(trace.content.arrays)
    arrays = list(before)

    def edited(value: int, array: np.ndarray) -> np.ndarray:
        changed = array.copy()
        for edit in by_value[value]:
            changed[edit.cell] = edit.number
        return changed

    for value in by_value:
        arrays[value] = edited(value, arrays[value])
    with np.errstate(all="ignore"):
        for event in trace.events:
            if any(arrays[i] is not before[i] for i in event.inputs):
                again = trace.rulebook.evaluate(event, [arrays[i] for i in event.inputs])
                output = np.asarray(again)
                arrays[event.output] = (
                    edited(event.output, output) if event.output in by_value else output
                )
    content = Content(trace.content.values, trace.content.events, tuple(arrays))
    what_if = Trace(trace.rulebook_name, content, dict(trace.meta))
    what_if.edits = {(e.value, e.cell): e.number for e in edits}
    return what_if


def changed_cells(before: Trace, after: Trace, value: Value) -> np.ndarray | None:
    """Which cells of ``value`` differ between two traces; ``None`` if none does."""
    old, new = before.data(value), after.data(value)
    if old is new:
        return None
    differs = (old != new) & ~(np.isnan(old) & np.isnan(new))
    return differs if differs.any() else None

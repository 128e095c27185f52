"""What if: the same events run again with some numbers changed by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.trace import Content, Trace
from tuiexplain.trace.value import Value


class Edit(NamedTuple):
    """A number set by hand: a cell of the value with this id."""

    value: int
    cell: Cell
    number: float
    joined: bool = False
    """Whether it was made together with the one before it, and is taken back with it."""


def replay(trace: Trace, edits: Sequence[Edit]) -> Trace:
    """``trace`` with ``edits`` made and every event downstream of them computed again.

    Values and events keep their ids; arrays that nothing changed are shared with ``trace``. An
    array may become longer or shorter (a merge that finds more pairs). :class:`TraceError` where an
    operation cannot take the numbers.
    """
    by_value: dict[int, list[Edit]] = {}
    for edit in edits:
        by_value.setdefault(edit.value, []).append(edit)
    before = list(trace.content.arrays)
    arrays = list(before)

    def edited(value: int, array: np.ndarray) -> np.ndarray:
        changed = array.copy()
        for edit in by_value[value]:
            if all(i < n for i, n in zip(edit.cell, changed.shape, strict=True)):
                changed[edit.cell] = edit.number
        return changed

    for value in by_value:
        arrays[value] = edited(value, arrays[value])
    with np.errstate(all="ignore"):
        for event in trace.events:
            if any(arrays[i] is not before[i] for i in event.inputs):
                try:
                    again = trace.rulebook.evaluate(event, [arrays[i] for i in event.inputs])
                except (ValueError, IndexError) as error:
                    raise TraceError(f"{trace.formula(event)}: {error}") from None
                output = np.asarray(again)
                arrays[event.output] = (
                    edited(event.output, output) if event.output in by_value else output
                )
    values = tuple(map(_reshaped, trace.content.values, arrays))
    content = Content(values, trace.content.events, tuple(arrays))
    what_if = Trace(trace.rulebook_name, content, dict(trace.meta))
    what_if.edits = {(e.value, e.cell): e.number for e in edits}
    return what_if


def _reshaped(value: Value, array: np.ndarray) -> Value:
    """The value with its array's shape, and with labels along the axes that kept their length."""
    shape = np.shape(array)
    if shape == value.shape:
        return value
    lengths = zip(value.labels, value.shape, shape, strict=False)
    labels = tuple(names if was == now else None for names, was, now in lengths)
    return dataclasses.replace(value, shape=shape, labels=labels)


def changed_cells(before: Trace, after: Trace, value: Value) -> np.ndarray | None:
    """Which cells of ``value`` differ between two traces; ``None`` if none does."""
    old, new = before.data(value), after.data(value)
    if old is new:
        return None
    if old.shape != new.shape:
        return np.ones(new.shape, dtype=bool)
    differs = (old != new) & ~(np.isnan(old) & np.isnan(new))
    return differs if differs.any() else None

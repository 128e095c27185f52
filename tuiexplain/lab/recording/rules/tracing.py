"""Rows of what the recorder itself writes down between the operations."""

from __future__ import annotations

from typing import Any

from tuiexplain.lab.recording.rules.row import Row, Shape, elementwise
from tuiexplain.trace.expression import Cell, Constant, Expr, Operand, total

Place = tuple[int, Shape, tuple[int, ...]]
"""Where an array lies in memory: its first place, the lengths of its axes and their steps."""


def why_seed(cell: Cell) -> Expr:
    return Constant(1.0)


def why_accumulate(cell: Cell, *parts: Operand) -> Expr:
    return total(part[cell] for part in parts)


def address(cell: Cell, place: Place) -> int:
    """The place in memory of a cell."""
    first, _, steps = place
    return first + sum(i * s for i, s in zip(cell, steps, strict=True))


def cell_at(address: int, place: Place) -> Cell | None:
    """The cell that lies at a place in memory, if there is one."""
    first, lengths, steps = place
    left = address - first
    cell = [0] * len(lengths)
    for axis in sorted(range(len(steps)), key=lambda a: -steps[a]):
        if lengths[axis] > 1 and steps[axis]:
            cell[axis] = min(left // steps[axis], lengths[axis] - 1)
            left -= cell[axis] * steps[axis]
    return tuple(cell) if left == 0 and all(i >= 0 for i in cell) else None


def why_rewritten(
    cell: Cell, x: Operand, written: Operand, *, x_place: Place, written_place: Place
) -> Expr:
    found = cell_at(address(cell, x_place), written_place)
    return x[cell] if found is None else written[found]


SEED = Row(why_seed, "1")
PASSED_ON = elementwise(lambda g: g, "{g}")
ROWS = {
    "seed": SEED,
    "accumulate": Row(why_accumulate, "{sum}"),
    "rewritten": Row(why_rewritten, "{x}, […] = {written}", lambda x, written, **_: x),
}


def why_as_strided(
    cell: Cell, x: Operand, *, size: Shape, stride: Shape, storage_offset: Any, x_place: Place
) -> Expr:
    first = x_place[0] if storage_offset is None else int(storage_offset)
    found = cell_at(address(cell, (first, size, stride)), x_place)
    if found is None:
        raise ValueError("a view shows cells of its own memory only")
    return x[found]


ROWS["as_strided"] = Row(why_as_strided, "as_strided({x}, {size})")

"""Addresses of cells: ``W1.grad[0,1]``, ``loss``, ``h#2[3]``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tuiexplain.trace.errors import UnknownCell, did_you_mean
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.value import Value

_ADDRESS = re.compile(r"\s*(?P<name>[^\[\]]+?)\s*(\[(?P<cell>[^\[\]]*)\])?\s*")


def parse(address: str) -> tuple[str, Cell]:
    """Split an address into a name and a cell (negative indices count from the end)."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise UnknownCell(f"'{address}' is not a cell: write it as NAME[row,column], as W1[0,1].")
    inside = (match["cell"] or "").strip()
    try:
        cell = tuple(int(part) for part in inside.split(",")) if inside else ()
    except ValueError:
        raise UnknownCell(
            f"'{address}' is not a cell: between the brackets stand whole numbers, as W1[0,1]."
        ) from None
    return match["name"], cell


def write(name: str, cell: Cell) -> str:
    """The address of a cell of the value called ``name``."""
    return f"{name}[{','.join(str(i) for i in cell)}]" if cell else name


def check(address: str, value: Value, cell: Cell) -> Cell:
    """``cell`` with negative indices resolved; :class:`UnknownCell` if there is no such cell."""
    shape = ", ".join(str(n) for n in value.shape)
    if len(cell) != len(value.shape):
        if not value.shape:
            raise UnknownCell(f"'{address}': {value.name} is a single number, without [...].")
        wants = ",".join("0" for _ in value.shape)
        raise UnknownCell(
            f"'{address}': {value.name} has shape ({shape}), "
            f"so a cell of it is {value.name}[{wants}]."
        )
    resolved = found(value.shape, cell)
    if resolved is None:
        raise UnknownCell(f"'{address}': outside {value.name}, whose shape is ({shape}).")
    return resolved


def found(shape: tuple[int, ...], cell: Cell) -> Cell | None:
    """``cell`` of an array of this shape, negative indices resolved; ``None`` if it has none."""
    if len(cell) != len(shape):
        return None
    resolved = tuple(i + n if i < 0 else i for i, n in zip(cell, shape, strict=True))
    inside = all(0 <= i < n for i, n in zip(resolved, shape, strict=True))
    return resolved if inside else None


def unknown(name: str, values: Iterable[Value]) -> UnknownCell:
    """The error for a name that no value has."""
    return UnknownCell(
        f"No value is called '{name}': {did_you_mean(name, [v.name for v in values])}"
    )

"""An array at the size of a word: a number, or a few cells of its heat map."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.style import Style

from tuiexplain.trace.kept import kept_for_now
from tuiexplain.trace.numbers import format_number
from tuiexplain.trace.tile import Reduce, reduce_tile
from tuiexplain.views.look import Look
from tuiexplain.views.palette import largest_of
from tuiexplain.views.text import ELLIPSIS

LEAST_NUMBER = 5
"""Columns in which a number of one cell is worth writing."""

MOST_KEPT = 1024
"""Cells up to which the numbers are kept with their picture; of more, only what is drawn."""


def thumbnail(array: Any, width: int, look: Look, scalar: bool = False) -> list[tuple[str, Style]]:
    """``array`` in one line of at most ``width`` columns, as runs of text and style."""
    array = np.asarray(array, dtype=float)
    alone = scalar or (array.size == 1 and width >= LEAST_NUMBER)
    largest = None
    if array.size > MOST_KEPT:
        largest = largest_of(array)
        array = reduce_tile(array, None, (_rows(look), width), Reduce.EXTREME)
    return list(_drawn(array.tobytes(), array.shape, largest, width, look, alone))


def _rows(look: Look) -> int:
    """Of cells, in a line: half blocks are two."""
    return 1 if look.colourless or look.ascii_only else 2


@kept_for_now(512)
def _drawn(
    numbers: bytes,
    shape: tuple[int, ...],
    largest: float | None,
    width: int,
    look: Look,
    alone: bool,
) -> list[tuple[str, Style]]:
    """From step to step most thumbnails stay as they are."""
    array = np.frombuffer(numbers).reshape(shape)
    if array.size == 0:
        return []
    if alone:
        number = float(array.reshape(-1)[0])
        text = look.write(number_text(number, width))
        return [(text, look.number if np.isfinite(number) else look.bad)]
    heat = look.heat
    largest = largest_of(array) if largest is None else largest
    rows = _rows(look)
    tile = reduce_tile(array, None, (rows, width), Reduce.EXTREME)
    if rows == 1:
        return [(heat.shade(i)[1], look.text) for i in heat.quantise(tile, largest)[0].tolist()]
    upper, *rest = heat.quantise(tile, largest).tolist()
    if not rest:
        return [(" ", heat.style(level)) for level in upper]
    return [(look.glyphs.half, heat.blocks(u, v)) for u, v in zip(upper, rest[0], strict=True)]


def number_text(number: float, width: int) -> str:
    """A number in at most ``width`` columns; one that cannot be written in them is ``…``."""
    for digits in (4, 3, 2, 1):
        text = format_number(number, digits)
        if len(text) <= width:
            return text
    mantissa, exponent = f"{number:.0e}".split("e")
    text = f"{mantissa}e{int(exponent)}"
    return text if len(text) <= width else ELLIPSIS[:width]

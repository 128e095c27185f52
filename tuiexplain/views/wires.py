"""Lines from unit to unit: how strong a weight is, and its sign.

The sign is told twice, by colour and by dashes (below zero), and the strength by brightness and by
how many dots a line has, so that neither needs colours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from rich.style import Style

from tuiexplain.trace.kept import kept_for_now
from tuiexplain.views.canvas import ACROSS, DOWN
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.palette import colour

STEPS = 4
"""Strengths that can be told apart."""
LEAST = 0.15
"""The root of the share of the largest weight from which on a line is drawn."""
_DASHES = {1: (1, 2), 2: (1, 1), -1: (1, 5), -2: (1, 3), -3: (4, 4), -4: (4, 4)}
"""By strength: dots that are drawn in turn, and dots that are left out; the others have no gaps."""
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)


class Wire(NamedTuple):
    """From dot to dot."""

    x0: int
    y0: int
    x1: int
    y1: int


@kept_for_now(4096)
def _dots(wire: Wire, strength: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the dots of a line lie: they stay where they are while the weights change."""
    count = max(abs(wire.x1 - wire.x0), abs(wire.y1 - wire.y0)) + 1
    x = np.rint(np.linspace(wire.x0, wire.x1, count)).astype(int)
    y = np.rint(np.linspace(wire.y0, wire.y1, count)).astype(int)
    if strength in _DASHES:
        on, off = _DASHES[strength]
        kept = np.arange(count) % (on + off) < on
        x, y = x[kept], y[kept]
    if abs(strength) == STEPS:
        x, y = np.concatenate([x, x]), np.concatenate([y, y + 1])
    return x, y


def strengths(weights: np.ndarray, largest: float) -> np.ndarray:
    """Whole numbers from ``-STEPS`` to ``STEPS``; 0 is too weak to be drawn, or none.

    By the root of the magnitude: one large weight leaves the others to be told apart.
    """
    known = np.nan_to_num(np.asarray(weights, dtype=float), nan=0.0, posinf=0.0, neginf=0.0)
    if largest <= 0:
        return np.zeros(known.shape, dtype=np.int8)
    share = np.sqrt(np.minimum(np.abs(known) / largest, 1.0))
    steps = np.where(share < LEAST, 0, np.ceil(share * STEPS * (1 - 1e-9)))
    return np.asarray(np.sign(known) * steps, dtype=np.int8)


def wire_style(strength: int, look: Look) -> Style:
    """The colour of a line."""
    heat = look.heat
    if heat.ramp is None:
        return (look.faint, look.text, look.strong, look.strong)[abs(strength) - 1]
    level = -(-heat.top * abs(strength) // STEPS)
    return colour(heat.background(level if strength > 0 else -level))


class Wires:
    """The lines of a picture of ``width`` x ``height`` characters, the later over the earlier."""

    def __init__(self, width: int, height: int, look: Look) -> None:
        self.look = look
        self.bits = np.zeros((height, width), dtype=np.uint8)
        self.owner = np.full((height, width), -1, dtype=np.int32)
        self.styles: list[Style] = []
        self.names: list[object] = []

    def draw(self, name: object, wire: Wire, strength: int, style: Style | None = None) -> None:
        """A line; ``name`` is what a press on it means."""
        if not strength and style is None:
            return
        x, y = _dots(wire, strength)
        rows, columns = y // DOWN, x // ACROSS
        height, width = self.bits.shape
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        rows, columns, x, y = rows[inside], columns[inside], x[inside], y[inside]
        np.bitwise_or.at(self.bits, (rows, columns), _BITS[y % DOWN, x % ACROSS])
        self.owner[rows, columns] = len(self.names)
        self.styles.append(style or wire_style(strength, self.look))
        self.names.append(name)

    def at(self, x: int, y: int) -> object:
        """What the line at a character means."""
        height, width = self.owner.shape
        if not (0 <= x < width and 0 <= y < height) or self.owner[y, x] < 0:
            return None
        return self.names[int(self.owner[y, x])]

    def onto(self, grid: Grid) -> None:
        """Write the lines onto ``grid``."""
        ascii_only = self.look.ascii_only
        rows, columns = np.nonzero(self.bits)
        bits, owners = self.bits[rows, columns].tolist(), self.owner[rows, columns].tolist()
        for y, x, dots, owner in zip(rows.tolist(), columns.tolist(), bits, owners, strict=True):
            character = _ascii(dots) if ascii_only else chr(0x2800 + dots)
            grid.put(x, y, character, self.styles[owner])


def _ascii(bits: int) -> str:
    """A character for the way in which the dots of a cell lie."""
    count = bits.bit_count()
    return "." if count <= 2 else ":" if count <= 4 else "#"

"""Drawing with dots: two across and four down in every character (braille), in layers of colour."""

from __future__ import annotations

import math

import numpy as np
from rich.style import Style

from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look

ACROSS, DOWN = 2, 4
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)
_ASCII = " .:+*"


class Canvas:
    """``width`` x ``height`` characters of dots. Dot (0, 0) is at the top left.

    A character has one colour: that of the last thing drawn in it. Without Unicode, a character
    says how full it is.
    """

    def __init__(self, width: int, height: int, look: Look) -> None:
        self.width, self.height, self.look = width, height, look
        self.across, self.down = width * ACROSS, height * DOWN
        self._bits = np.zeros((height, width), dtype=np.uint8)
        self._layers: list[Style] = []
        self._layer = np.zeros((height, width), dtype=np.int16)

    def dots(self, x: np.ndarray, y: np.ndarray, style: Style) -> None:
        """Set the dots at ``x``, ``y`` (whole numbers); those outside are left out."""
        x, y = np.asarray(x).reshape(-1), np.asarray(y).reshape(-1)
        inside = (x >= 0) & (x < self.across) & (y >= 0) & (y < self.down)
        x, y = x[inside].astype(int), y[inside].astype(int)
        self._layers.append(style)
        rows, columns = y // DOWN, x // ACROSS
        np.bitwise_or.at(self._bits, (rows, columns), _BITS[y % DOWN, x % ACROSS])
        self._layer[rows, columns] = len(self._layers) - 1

    def line(self, start: tuple[float, float], end: tuple[float, float], style: Style) -> None:
        """A straight line from dot to dot; what lies outside is cut off."""
        cut = _clipped(start, end, self.across - 1, self.down - 1)
        if cut is None:
            return
        (x0, y0), (x1, y1) = cut
        count = math.ceil(max(abs(x1 - x0), abs(y1 - y0))) + 1
        self.dots(np.rint(np.linspace(x0, x1, count)), np.rint(np.linspace(y0, y1, count)), style)

    def onto(self, grid: Grid, left: int, top: int) -> None:
        """Write the characters that have dots onto ``grid``."""
        ascii_only = self.look.ascii_only
        for row, column in zip(*np.nonzero(self._bits), strict=True):
            bits = int(self._bits[row, column])
            if ascii_only:
                character = _ASCII[min(len(_ASCII) - 1, bits.bit_count())]
            else:
                character = chr(0x2800 + bits)
            style = self._layers[self._layer[row, column]]
            grid.put(left + int(column), top + int(row), character, style)


Point = tuple[float, float]


def _clipped(start: Point, end: Point, right: float, bottom: float) -> tuple[Point, Point] | None:
    """The part of a line within the canvas (Liang and Barsky), if there is one."""
    (x0, y0), (x1, y1) = start, end
    if not all(map(math.isfinite, (x0, y0, x1, y1))):
        return None
    dx, dy = x1 - x0, y1 - y0
    first, last = 0.0, 1.0
    for step, room in ((-dx, x0), (dx, right - x0), (-dy, y0), (dy, bottom - y0)):
        if step == 0:
            if room < 0:
                return None
        elif step < 0:
            first = max(first, room / step)
        else:
            last = min(last, room / step)
    if first > last:
        return None
    return (x0 + first * dx, y0 + first * dy), (x0 + last * dx, y0 + last * dy)

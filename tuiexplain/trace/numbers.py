"""The one way to write a number on a screen, in a sentence or in a table."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

CELL_WIDTH = 7
"""Columns that a number in a matrix takes: a sign, four digits, a point and one to spare."""


EXACT = 6
"""Digits from which on a whole number is written whole, however large."""


def format_number(x: float, digits: int = 4, *, sign: bool = False) -> str:
    """Write ``x`` with ``digits`` significant digits, as short as that allows.

    Exact zero is ``0`` (so that it differs from a tiny number), closing zeros are left out, and
    numbers that would need many zeros are written with an exponent: ``4.5e-5``. With six digits or
    more a whole number keeps all of its own, below 1e15: ``124,412,160``.
    """
    x = float(x)
    if math.isnan(x):
        return "nan"
    plus = "+" if sign and x > 0 else ""
    if math.isinf(x):
        return f"{plus}{x:.0f}"
    if x == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(x)))
    if digits >= EXACT and 6 <= magnitude < 15 and x.is_integer():
        return f"{plus}{x:,.0f}"
    if magnitude < -4 or magnitude >= max(digits, 6):
        return plus + _scientific(x, max(1, digits - 2))
    text = f"{x:.{max(0, digits - 1 - magnitude)}f}"
    return plus + (text.rstrip("0").rstrip(".") if "." in text else text)


def _scientific(x: float, decimals: int) -> str:
    mantissa, exponent = f"{x:.{decimals}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


class ColumnFormat(NamedTuple):
    """One format for all numbers of a matrix, so that their decimal points stand in line."""

    decimals: int
    width: int
    signed: bool = True
    """Whether numbers above 0 have a plus; whole numbers by kind (tokens, classes) have none."""

    @classmethod
    def of(cls, values: Any, width: int = CELL_WIDTH) -> ColumnFormat:
        """Choose as many decimals as fit ``width`` columns with the sign, and no more than help."""
        given = np.asarray(values)
        array = np.asarray(given, dtype=float)
        finite = np.abs(array[np.isfinite(array)])
        largest = float(finite.max()) if finite.size else 0.0
        whole_digits = max(1, math.floor(math.log10(largest)) + 1) if largest >= 1 else 1
        if finite.size and np.array_equal(finite, np.round(finite)):
            return cls(0, width, given.dtype.kind not in "iu")
        room = max(0, width - 2 - whole_digits)
        return cls(min(room, 4), width)

    def __call__(self, x: float) -> str:
        """The number, at most ``width`` columns wide (not padded); ``…`` if none would be right."""
        x = float(x)
        if not math.isfinite(x) or x == 0:
            return format_number(x, sign=True)
        text = f"{x:+.{self.decimals}f}" if self.signed else f"{x:.{self.decimals}f}"
        vanished = abs(x) < 10.0**-self.decimals  # rounding would add half to it, or all
        if vanished or len(text) > self.width:
            return self._short_scientific(x)
        return text

    def _short_scientific(self, x: float) -> str:
        for decimals in (2, 1, 0):
            text = _scientific(x, decimals)
            if len(text) <= self.width:
                return text
        return "…"  # a part of a number is another number

"""Turning a dial by one notch."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tuiexplain.course.schema import Dial, Setting

NOTCHES = 20
"""Notches of a linear dial from end to end."""

MANTISSAS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Notches of a logarithmic dial in each power of ten: round numbers, about evenly spaced."""


def turned(dial: Dial, setting: Setting, direction: int) -> Setting:
    """The setting one notch to the right (``direction`` 1) or left (-1), within the bounds."""
    if dial.scale == "choice":
        at = dial.choices.index(str(setting)) + direction
        return dial.choices[min(max(at, 0), len(dial.choices) - 1)]
    number = float(setting)
    if dial.stops:
        number = _next_of(dial.stops, number, direction)
    elif dial.scale == "log":
        number = _log_notch(number, direction)
    elif dial.scale == "int":
        number += direction
    else:
        notch = (dial.maximum - dial.minimum) / NOTCHES
        number = dial.minimum + (round((number - dial.minimum) / notch) + direction) * notch
        number = round(number, 10)
    number = min(max(number, dial.minimum), dial.maximum)
    return int(number) if dial.scale == "int" else number


def reset(dial: Dial) -> Setting:
    """The setting that the lesson starts with."""
    return dial.default


def _log_notch(number: float, direction: int) -> float:
    """The next round number above or below."""
    power = math.floor(math.log10(number) + 1e-9)
    notches = [m * 10.0**p for p in range(power - 1, power + 2) for m in MANTISSAS]
    return float(f"{_next_of(notches, number, direction):.6g}")


def _next_of(notches: Sequence[float], number: float, direction: int) -> float:
    """The nearest of ``notches`` above or below ``number``; at the end, the last of them."""
    beyond = (
        [n for n in notches if n > number + 1e-9 * abs(number)]
        if direction > 0
        else [n for n in reversed(notches) if n < number - 1e-9 * abs(number)]
    )
    return beyond[0] if beyond else number

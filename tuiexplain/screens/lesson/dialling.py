"""Turning a dial by one notch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from tuiexplain.course.bench import Refused
from tuiexplain.course.own_text import fitted
from tuiexplain.course.schema import Dial, Setting
from tuiexplain.views.text import QUOTED, shorten

NOTCHES = 20
"""Notches of a linear dial from end to end."""

MANTISSAS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Notches of a logarithmic dial in each power of ten: round numbers, about evenly spaced."""


def turned(dial: Dial, setting: Setting, direction: int) -> Setting:
    """The setting one notch to the right (``direction`` 1) or left (-1), within the bounds."""
    if dial.scale in ("choice", "text"):
        # A text of the learner's own stands before the first example.
        at = dial.choices.index(str(setting)) if setting in dial.choices else -1
        at += direction
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


def typed(dial: Dial, text: str, names: Mapping[str, str] | None = None) -> tuple[Setting, bool]:
    """The setting that was typed, and whether it is only a part of that.

    A choice is typed as the learner reads it (``names``), or as the lesson's program has it.

    Raises :class:`Refused` where the dial cannot be set to it.
    """
    if dial.scale == "text":
        own = fitted(text, dial.longest, dial.unit)
        if not own.text:
            raise Refused("text_empty")
        return own.text, own.cut
    if dial.scale == "choice":
        shown = {(names or {}).get(choice, choice): choice for choice in dial.choices}
        choice = text.strip()
        if choice not in dial.choices and choice not in shown:
            raise Refused("dial_choices", choices=" · ".join(shown))
        return shown.get(choice, choice), False
    number = number_typed(text)
    whole = dial.scale != "int" or number.is_integer()
    if not (whole and dial.minimum <= number <= dial.maximum):
        key = "dial_bounds_whole" if dial.scale == "int" else "dial_bounds"
        raise Refused(key, low=f"{dial.minimum:g}", high=f"{dial.maximum:g}")
    return (int(number) if dial.scale == "int" else number), False


def number_typed(text: str) -> float:
    """The number that was typed, or :class:`Refused`."""
    try:
        return float(text)
    except ValueError:
        raise Refused("edit_bad", text=shorten(text, QUOTED)) from None


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

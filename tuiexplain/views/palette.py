"""Colours, chosen in xterm's 256 so that they are exact over SSH, and the heat maps made of them.

Blue is below zero and orange above it: that pair stays apart for every common kind of colour
blindness. Zero is the background, so that a matrix of small numbers is calm.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from rich._palettes import EIGHT_BIT_PALETTE
from rich.color import Color
from rich.palette import Palette
from rich.style import Style

_PALETTE: Palette = EIGHT_BIT_PALETTE


class Ramp(NamedTuple):
    """Colour numbers of a heat map: for one side, from nearest zero to farthest.

    ``None`` is the background of the screen; ``inks`` are then the colours of the digits, below and
    above zero, on the first levels.
    """

    zero: int | None
    below: tuple[int | None, ...]
    above: tuple[int | None, ...]
    undefined: int
    inks: tuple[tuple[int, int], ...] = ()


DARK = Ramp(
    zero=235,
    below=(17, 24, 25, 31, 32, 74, 117, 153),
    above=(52, 94, 130, 166, 172, 179, 215, 222),
    undefined=90,
)
LIGHT = Ramp(
    zero=255,
    below=(195, 153, 117, 74, 32, 31, 25),
    above=(230, 223, 222, 215, 208, 166, 130),
    undefined=177,
)
DARK_16 = Ramp(zero=0, below=(4, 4, 12), above=(3, 3, 11), undefined=5)
LIGHT_16 = Ramp(zero=15, below=(12, 4, 4), above=(11, 3, 3), undefined=13)

DARK_TINT = Ramp(None, (None, None, 24), (None, None, 94), 90, inks=((152, 223), (117, 215)))
LIGHT_TINT = Ramp(None, (None, 195, 153), (None, 230, 223), 177, inks=((24, 94),))
DARK_TINT_16 = Ramp(None, (None, 4, 4), (None, 3, 3), 5, inks=((14, 11),))
LIGHT_TINT_16 = Ramp(None, (None, 14, 14), (None, 11, 11), 13, inks=((4, 1),))
"""Tints lie under digits: few levels, all calm enough for the same ink."""


def luminance(number: int) -> float:
    """Relative luminance of a colour number (WCAG 2)."""
    red, green, blue = (_linear(c / 255) for c in _PALETTE[number])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(c: float) -> float:
    return c / 12.92 if c <= 0.04045 else float(((c + 0.055) / 1.055) ** 2.4)


def contrast(a: int, b: int) -> float:
    """Contrast ratio of two colour numbers (WCAG 2): 4.5 is legible, 21 is black on white."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink(background: int, dark: int = 16, light: int = 231) -> int:
    """The one of two text colours that is legible on ``background``."""
    return max((light, dark), key=lambda c: contrast(c, background))


@lru_cache(512)
def colour(
    foreground: int | None = None, background: int | None = None, **attributes: Any
) -> Style:
    """A style from colour numbers; equal calls give the same object."""
    return Style(
        color=None if foreground is None else Color.from_ansi(foreground),
        bgcolor=None if background is None else Color.from_ansi(background),
        **attributes,
    )


@lru_cache(256)
def reverse(style: Style) -> Style:
    """``style`` with ink and paper exchanged."""
    return style + Style(reverse=True)


CURSOR, CHANGED, CAUSE = 1, 2, 4
"""Flags of a cell: under the cursor, changed by an edit, a cause of the selected number."""


class Heat:
    """A diverging map of at most 21 levels, with every style that a cell can need made beforehand.

    Levels run from ``-top`` to ``top``; level 0 is zero and nothing else, so that a sign is seen
    however small its number. ``undefined`` is the level of NaN.
    """

    def __init__(
        self, ramp: Ramp | None, cursor: Style, shades: str, inks: tuple[int, int] = (16, 231)
    ) -> None:
        self.ramp = ramp
        self.inks = inks
        self.top = len(ramp.above) if ramp else len(shades)
        self.undefined = self.top + 1
        self.shades = shades
        self._levels = range(-self.top, self.undefined + 1)
        self.styles: list[list[Style]] = [
            [self._style(level, flags, cursor) for flags in range(8)] for level in self._levels
        ]
        self._blocks: dict[tuple[int, int | None], Style] = {}

    def background(self, level: int) -> int | None:
        """The colour number of a level, ``None`` for the background of the screen."""
        assert self.ramp is not None
        if level == self.undefined:
            return self.ramp.undefined
        if level == 0:
            return self.ramp.zero
        side = self.ramp.above if level > 0 else self.ramp.below
        return side[abs(level) - 1]

    def _style(self, level: int, flags: int, cursor: Style) -> Style:
        marked = bool(flags & (CHANGED | CAUSE))
        underline = bool(flags & CHANGED)
        if flags & CURSOR:
            return cursor + Style(underline=underline or None)
        if self.ramp is None:
            return colour(None, None, bold=marked or None, underline=underline or None)
        background = self.background(level)
        if background is None:
            front = self.ramp.inks[abs(level) - 1][level > 0] if level else None
        else:
            front = ink(background, *self.inks)
        return colour(front, background, bold=marked or None, underline=underline or None)

    def style(self, level: int, flags: int = 0) -> Style:
        """The style of a cell at ``level``."""
        return self.styles[level + self.top][flags]

    def blocks(self, upper: int, lower: int | None) -> Style:
        """The style of ``▀`` that shows two levels, one above the other (or nothing below)."""
        key = (upper, lower)
        style = self._blocks.get(key)
        if style is None:
            below = None if lower is None else self.background(lower)
            style = self._blocks[key] = colour(self.background(upper), below)
        return style

    def shade(self, level: int) -> str:
        """A level without colour, in two characters: its sign and its magnitude."""
        if level == 0:
            return "  "
        if level == self.undefined:
            return "??"
        steps = len(self.shades)
        weight = -(-abs(level) * steps // self.top) - 1
        return ("+" if level > 0 else "-") + self.shades[weight]

    def quantise(self, values: Any, largest: float | None = None) -> np.ndarray:
        """Levels of ``values`` (int8, same shape); ``largest`` is the magnitude of the top one."""
        array = np.asarray(values, dtype=float)
        scale = largest_of(array) if largest is None else largest
        with np.errstate(all="ignore"):
            share = np.abs(array) / scale if scale > 0 else np.abs(array) * np.inf
            # One part in 10^9 less, so that a value on a boundary does not flicker between levels.
            steps = np.ceil(np.minimum(share, 1.0) * self.top * (1 - 1e-9))
            levels = np.sign(array) * np.where(array == 0, 0, np.maximum(steps, 1))
        levels = np.where(np.isnan(array), self.undefined, levels)
        return np.asarray(levels, dtype=np.int8)


def largest_of(values: Any) -> float:
    """The largest finite magnitude in ``values``; 0 if there is none."""
    array = np.abs(np.asarray(values, dtype=float))
    if array.size == 0:
        return 0.0
    largest = float(array.max())
    if np.isfinite(largest):
        return largest
    finite = array[np.isfinite(array)]
    return float(finite.max()) if finite.size else 0.0

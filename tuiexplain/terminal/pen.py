"""Styled text as a terminal reads it, in as few bytes as that takes.

A terminal keeps the style of the text before, and the place where it ended. Textual says all of a
style with each piece of text, and takes it back after it; a :class:`Pen` says what is different.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

OFF = {
    **{"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28"},
    **{"9": "29", "21": "24"},
}
"""What takes an attribute back (bold and dim together)."""

UNSEEN = frozenset("123")
"""Attributes that a space looks the same with: bold, dim, italic."""


class Ink(NamedTuple):
    """A style in the codes of a terminal: ``1`` (bold) and the like, and two colours."""

    attributes: frozenset[str] = frozenset()
    colour: str = ""
    background: str = ""


PLAIN = Ink()


@lru_cache(4096)
def ink(style: Style | None, system: ColorSystem) -> Ink:
    """The codes of a style on a terminal with these colours."""
    attributes: set[str] = set()
    colour = background = ""
    codes = iter(filter(None, Strip.render_ansi(style or Style.null(), system).split(";")))
    for code in codes:
        if code in ("38", "48"):
            kind = next(codes)
            rest = [next(codes) for _ in range(1 if kind == "5" else 3)]
            text = ";".join((code, kind, *rest))
        else:
            text = code
        number = int(code)
        if number == 38 or 30 <= number <= 39 or 90 <= number <= 97:
            colour = text
        elif number == 48 or 40 <= number <= 49 or 100 <= number <= 107:
            background = text
        else:
            attributes.add(text)
    return Ink(
        frozenset(attributes),
        "" if colour == "39" else colour,
        "" if background == "49" else background,
    )


@lru_cache(4096)
def turn(before: Ink, after: Ink) -> str:
    """The shortest sequence from one style to another."""
    if before == after:
        return ""
    every = [*sorted(after.attributes), *filter(None, after[1:])]
    anew = f"\x1b[{';'.join(['0', *every])}m" if every else "\x1b[m"
    if not before.attributes - OFF.keys():
        off = {OFF[code] for code in before.attributes - after.attributes}
        kept = {code for code in before.attributes if OFF[code] not in off}
        changed = [*sorted(off), *sorted(after.attributes - kept)]
        if before.colour != after.colour:
            changed.append(after.colour or "39")
        if before.background != after.background:
            changed.append(after.background or "49")
        by_difference = f"\x1b[{';'.join(changed)}m"
        return min(anew, by_difference, key=len)
    return anew


class Pen:
    """Writes pieces of lines, from top to bottom and from left to right."""

    def __init__(self, system: ColorSystem) -> None:
        self.system = system
        self.ink = PLAIN
        self.at: tuple[int, int] | None = None
        """Column and row of the cursor, where that is certain: a terminal may think otherwise of
        how wide a character is."""
        self.written: list[str] = []

    def write(self, x: int, y: int, strip: Strip) -> None:
        """A piece of line ``y`` from column ``x`` on."""
        self._move(x, y)
        certain = True
        for text, style, control in strip:
            if style is not None and style.link:
                self._use(PLAIN)
                self.written.append(Strip.render_style(style, text, self.system))
            elif control is None:
                wanted = ink(style, self.system)
                self._use(self._unseen(wanted) if text.isspace() else wanted)
                self.written.append(text)
            certain &= text.isascii()
        self.at = (x + strip.cell_length, y) if certain else None

    def _move(self, x: int, y: int) -> None:
        if self.at is not None and self.at[1] == y and self.at[0] <= x:
            right = x - self.at[0]
            self.written.append(f"\x1b[{right if right > 1 else ''}C" if right else "")
        else:
            self.written.append(f"\x1b[{y + 1};{x + 1}H")

    def _unseen(self, wanted: Ink) -> Ink:
        """For spaces: of their own only what is seen of them, the background and lines."""
        if wanted.attributes <= UNSEEN and self.ink.attributes <= UNSEEN:
            return self.ink._replace(background=wanted.background)
        return wanted

    def _use(self, ink: Ink) -> None:
        self.written.append(turn(self.ink, ink))
        self.ink = ink

    def done(self) -> str:
        """All of it; the style is plain again."""
        self._use(PLAIN)
        return "".join(self.written)

"""How many colours a terminal shows, from what it says of itself.

SSH hands on TERM but not COLORTERM, so 256 is what most remote sessions get.
"""

import re
from collections.abc import Mapping
from enum import IntEnum


class Colour(IntEnum):
    """A depth of colour; the number is how many colours there are."""

    NONE = 0
    SIXTEEN = 16
    EIGHT_BIT = 256
    TRUE = 1 << 24

    @property
    def word(self) -> str:
        """How a person writes it: none, 16, 256, true."""
        return {0: "none", 1 << 24: "true"}.get(self.value, str(self.value))


WORDS = {depth.word: depth for depth in Colour}

# Terminals that show 24-bit colour and say so in TERM, the one thing SSH hands on.
_TRUE_BY_NAME = ("alacritty", "foot", "xterm-ghostty", "ghostty", "xterm-kitty", "wezterm")


# The monochrome ones still met with: serial consoles, and names that say so.
_MONOCHROME = re.compile(r"dumb|unknown|vt\d{2,3}(-.*)?|.*-m|.*-mono")


def detect_colour(environ: Mapping[str, str]) -> Colour:
    """The depth that this environment promises (https://no-color.org first)."""
    term = environ.get("TERM", "").strip().lower()
    if environ.get("NO_COLOR") or not term or _MONOCHROME.fullmatch(term):
        return Colour.NONE
    if environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return Colour.TRUE
    if term.endswith("-direct") or term.startswith(_TRUE_BY_NAME):
        return Colour.TRUE
    return Colour.EIGHT_BIT if "256color" in term else Colour.SIXTEEN

"""How many colours a terminal shows, from what it says of itself.

SSH hands on TERM but not COLORTERM, so 256 is what most remote sessions get.
"""

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


def detect_colour(environ: Mapping[str, str]) -> Colour:
    """The depth that this environment promises (https://no-color.org first)."""
    term = environ.get("TERM", "").strip().lower()
    if environ.get("NO_COLOR") or term in {"", "dumb"} or term.endswith("-m"):
        return Colour.NONE
    if environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return Colour.TRUE
    if term.endswith("-direct") or term.startswith(_TRUE_BY_NAME):
        return Colour.TRUE
    if "256color" in term:
        return Colour.EIGHT_BIT
    return _by_terminfo(term)


def _by_terminfo(term: str) -> Colour:
    """The depth by the terminal's own description; 16 where there is none."""
    try:
        import curses

        curses.setupterm(term, 1)
        colours = curses.tigetnum("colors")
    except Exception:  # no curses in this Python, or no description of this terminal
        return Colour.SIXTEEN
    if colours < 8:
        return Colour.NONE
    return next(depth for depth in reversed(Colour) if depth <= max(colours, 16))

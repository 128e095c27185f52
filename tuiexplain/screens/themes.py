"""The application's themes, and the look of the views under each."""

from __future__ import annotations

from textual.theme import Theme

from tuiexplain.terminal.colour import Colour
from tuiexplain.terminal.locale import Glyphs
from tuiexplain.views.look import Depth, Look, look

DEFAULT = "night"

THEMES = (
    Theme(
        name="night",
        primary="#5fd7d7",
        secondary="#ff87ff",
        accent="#ffd75f",
        warning="#ffaf5f",
        error="#ff5f5f",
        success="#afd75f",
        foreground="#d0d0d0",
        background="#1c1c1c",
        surface="#1c1c1c",
        panel="#303030",
        dark=True,
    ),
    Theme(
        name="day",
        primary="#008787",
        secondary="#af00af",
        accent="#d78700",
        warning="#d75f00",
        error="#d70000",
        success="#5f8700",
        foreground="#303030",
        background="#ffffff",
        surface="#ffffff",
        panel="#e4e4e4",
        dark=False,
    ),
)
"""Colours are from xterm's 256, so that they are the same over SSH."""


def look_of(theme: Theme, colour: Colour, glyphs: Glyphs) -> Look:
    """What the views draw with."""
    depth = Depth.NONE
    if colour is Colour.SIXTEEN:
        depth = Depth.SIXTEEN
    elif colour > Colour.SIXTEEN:
        depth = Depth.FULL
    return look("dark" if theme.dark else "light", depth, glyphs is Glyphs.ASCII)

"""What the command line asks of the application."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tuiexplain.terminal.colour import Colour


class AppOptions(NamedTuple):
    """One start of the application; None stands for "not asked for"."""

    lesson: str | None = None
    """A lesson's id, number or folder to open; without one, the course map."""
    part: str | None = None
    """A part of that lesson."""
    language: str | None = None
    """`en` or `zh`."""
    theme: str | None = None
    """The name of a theme."""
    mouse: bool | None = None
    """False: the terminal's own mouse selection stays in force."""
    ascii: bool | None = None
    """True: not one character outside ASCII."""
    colour: Colour | None = None
    """A depth of colour, whatever the environment says."""
    animation: bool | None = None
    """False: nothing moves by itself."""
    config: Path | None = None
    """A configuration file to read in place of the user's."""
    watch: bool = False
    """Load the lesson again when its files are edited; a lesson in a folder of its own always is."""
    visit: Callable[[], Any] | None = None
    """Opens what is watched in place of a lesson: a `Session`."""
    play: Any = None
    """The `Design` to open the playground with, in place of a lesson."""
    chat: str | None = None
    """The model to talk with, in place of a lesson: a run, or one that comes with the program."""

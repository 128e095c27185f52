"""The configuration: a TOML file that the user writes and the program only reads.

    language = "zh"        # en or zh
    theme = "nord"
    colour = "256"         # none, 16, 256 or true
    speed = 2.0            # events a second when playing
    mouse = false
    ascii = true
    animation = false

What is chosen while the program runs is remembered with the progress instead
(`Progress.setting`): a program that rewrote this file would lose the user's
comments. What the file says holds at every start; the command line outranks it.
"""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tuiexplain.course.errors import AskedError, CourseError, Near
from tuiexplain.course.places import config_file


class Config(NamedTuple):
    """What the file says; None where it says nothing."""

    language: str | None = None
    theme: str | None = None
    colour: str | None = None
    speed: float | None = None
    mouse: bool | None = None
    ascii: bool | None = None
    animation: bool | None = None


def _one_of(*words: str) -> tuple[str, Callable[[Any], bool]]:
    return f"one of {', '.join(words)}", lambda value: isinstance(value, str) and value in words


_SWITCH = ("true or false", lambda value: isinstance(value, bool))

_ALLOWED: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "language": _one_of("en", "zh"),
    "theme": ("a theme's name", lambda value: isinstance(value, str)),
    "colour": _one_of("none", "16", "256", "true"),
    "speed": (
        "a number above 0",
        lambda value: isinstance(value, int | float) and value is not True and value > 0,
    ),
    "mouse": _SWITCH,
    "ascii": _SWITCH,
    "animation": _SWITCH,
}


def read_config(file: Path | None = None) -> Config:
    """The configuration in `file`, or the user's own (which may be missing).

    Raises CourseError, in one sentence, where it cannot be read or says
    something that means nothing.
    """
    asked_for = file is not None
    file = config_file() if file is None else file
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if asked_for:
            raise CourseError(f"{file}: there is no such configuration; name another.") from None
        return Config()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CourseError(f"{file}: the configuration cannot be read: {reason}.") from None
    except ValueError as error:  # not UTF-8 or not TOML
        raise CourseError(f"{file}: this is not TOML: {error}; mend or remove it.") from None
    for key, value in content.items():
        if key not in _ALLOWED:
            raise AskedError("config_key", file=file, name=key, known=Near(key, _ALLOWED))
        what, allowed = _ALLOWED[key]
        if not allowed(value):
            raise CourseError(f"{file}: {key} must be {what}, not {value!r}.")
    return Config(**content)

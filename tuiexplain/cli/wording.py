"""The command line's words in the user's language, argparse's own among them."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tuiexplain.course.languages import LANGUAGES, best_language, tr
from tuiexplain.course.text import wrap

Say = Callable[..., str]

_ARGPARSE = {
    "usage: ": "usage",
    "options": "options",
    "positional arguments": "positionals",
    "show this help message and exit": "help",
    "the following arguments are required: %s": "required",
    "unrecognized arguments: %s": "unrecognized",
    "argument %(argument_name)s: %(message)s": "argument",
    "expected one argument": "one_argument",
    "expected at least one argument": "some_argument",
    "expected at most one argument": "most_one_argument",
    "ignored explicit argument %r": "explicit",
    "not allowed with argument %s": "not_with",
    "one of the arguments %s is required": "one_of",
    "ambiguous option: %(option)s could match %(matches)s": "ambiguous",
    "invalid %(type)s value: %(value)r": "invalid",
}
"""What argparse says, as it asks ``gettext`` for it, and our keys for the same."""


def language_of(words: Sequence[str]) -> str:
    """The language of help and errors: as asked for among ``words``, else configured, else local.

    It is asked before the words are understood, because what is wrong with them is told in it.
    """
    joined = "\n".join(words)
    asked = re.findall(r"(?:^|\n)--lang[=\n]([^\n]*)", joined)
    if asked and asked[-1] in LANGUAGES:
        return str(asked[-1])
    from tuiexplain.course.config import read_config
    from tuiexplain.course.errors import CourseError

    try:
        return best_language(read_config().language)
    except CourseError:  # the command that reads it will tell
        return best_language()


def speak(language: str) -> Say:
    """The texts of the command line in ``language``; argparse speaks it from now on."""

    def say(key: str, **fields: Any) -> str:
        return tr(f"cli.{key}", language, **fields)

    def translated(text: str) -> str:
        return say(f"argparse_{_ARGPARSE[text]}") if text in _ARGPARSE else text

    # The names by which argparse calls gettext: there is no other way in.
    argparse._ = translated  # type: ignore[attr-defined]
    return say


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Lines folded at the width of their characters: a Chinese one takes two columns."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap(" ".join(text.split()), width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines: Iterable[str] = text.splitlines()
        return "".join(
            f"{indent}{line}\n" for each in lines for line in wrap(each, width - len(indent))
        )

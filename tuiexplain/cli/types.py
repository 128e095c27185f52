"""What an argument may be: each reads a word, or says in one clause why not."""

import argparse
from collections.abc import Callable

from tuiexplain.cli.wording import Say


def whole_number(say: Say) -> Callable[[str], int]:
    """A count from 0."""

    def read(word: str) -> int:
        if not (word.isascii() and word.isdecimal()):
            raise argparse.ArgumentTypeError(say("not_whole", word=word))
        return int(word)

    return read


def declare_settings(parser: argparse.ArgumentParser, say: Say, told: str, what: str) -> None:
    """`--set`, as often as one likes; ``told`` names the text of its help, ``what`` is set."""
    parser.add_argument(
        "--set",
        type=setting(say),
        action="append",
        default=[],
        metavar=f"{what}=VALUE",
        help=say(told),
    )


def setting(say: Say) -> Callable[[str], tuple[str, str]]:
    """`NAME=VALUE`, for a lesson's dials; which values a dial takes is for the lesson to say."""

    def read(word: str) -> tuple[str, str]:
        name, equals, value = (piece.strip() for piece in word.partition("="))
        if not (name and equals and value):
            raise argparse.ArgumentTypeError(say("sets_nothing", word=word))
        return name, value

    return read

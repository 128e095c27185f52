"""The language for words that a command prints."""

import argparse

from tuiexplain.cli.wording import Say

LANGUAGES = ("en", "zh")


def declare(parser: argparse.ArgumentParser, say: Say) -> None:
    """Add `--lang`."""
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        default=argparse.SUPPRESS,  # what was said before the command stands
        help=say("lang_default"),
    )


def chosen(arguments: argparse.Namespace) -> str:
    """What was asked for, else the configuration's, else the locale's."""
    from tuiexplain.course.config import read_config
    from tuiexplain.course.languages import best_language

    return best_language(getattr(arguments, "lang", None) or read_config().language)

"""The language for words that a command prints."""

import argparse

LANGUAGES = ("en", "zh")


def declare(parser: argparse.ArgumentParser) -> None:
    """Add `--lang`."""
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        default=argparse.SUPPRESS,  # what was said before the command stands
        help="the language: en or zh (default: what your configuration or locale says)",
    )


def chosen(arguments: argparse.Namespace) -> str:
    """What was asked for, else the configuration's, else the locale's."""
    from tuiexplain.course.config import read_config
    from tuiexplain.course.languages import best_language

    return best_language(getattr(arguments, "lang", None) or read_config().language)

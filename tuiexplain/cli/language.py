"""The language for words that a command prints."""

import argparse
import os

from tuiexplain.terminal.locale import detect_language

LANGUAGES = ("en", "zh")


def declare(parser: argparse.ArgumentParser) -> None:
    """Add `--lang`."""
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        help="the language: en or zh (default: what your configuration or locale says)",
    )


def chosen(arguments: argparse.Namespace) -> str:
    """What was asked for, else the configuration's, else the locale's."""
    if arguments.lang:
        return str(arguments.lang)
    from tuiexplain.course.config import read_config

    return read_config().language or detect_language(os.environ)

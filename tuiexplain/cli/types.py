"""What an argument may be: each reads a word, or says in one clause why not."""

import argparse
import math


def whole_number(word: str) -> int:
    """A count from 0."""
    if not (word.isascii() and word.isdecimal()):
        raise argparse.ArgumentTypeError(f"`{word}` is not a whole number from 0 on")
    return int(word)


def setting(word: str) -> tuple[str, float]:
    """`NAME=NUMBER`, for a lesson's dials."""
    name, equals, text = word.partition("=")
    if not (name.strip() and equals):
        raise argparse.ArgumentTypeError(f"`{word}` sets nothing: write it as lr=0.1")
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(
            f"`{text}` is not a number for {name.strip()}: write it as {name.strip()}=0.1"
        )
    return name.strip(), number

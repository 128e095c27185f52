"""What an argument may be: each reads a word, or says in one clause why not."""

import argparse


def whole_number(word: str) -> int:
    """A count from 0."""
    if not (word.isascii() and word.isdecimal()):
        raise argparse.ArgumentTypeError(f"`{word}` is not a whole number from 0 on")
    return int(word)


def setting(word: str) -> tuple[str, str]:
    """`NAME=VALUE`, for a lesson's dials; which values a dial takes is for the lesson to say."""
    name, equals, value = (piece.strip() for piece in word.partition("="))
    if not (name and equals and value):
        raise argparse.ArgumentTypeError(f"`{word}` sets nothing: write it as lr=0.1")
    return name, value

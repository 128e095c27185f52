"""Data to standard output, words to a person to standard error."""

import os
import sys
from typing import TextIO


def prepare() -> None:
    """Let no character of ours be an error where the encoding lacks it."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def write(text: str) -> None:
    """Data: written and flushed, so that a full disk or a closed pipe shows here."""
    if sys.stdout is None:
        return
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def say(sentence: str) -> None:
    """A sentence to a person, under the program's name."""
    if sys.stderr is not None:
        print(f"tuiexplain: {sentence}", file=sys.stderr)


def forget(stream: TextIO | None) -> None:
    """Drop what is still buffered for a reader that has gone, and complain no more at exit."""
    if stream is None:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    finally:
        os.close(nowhere)

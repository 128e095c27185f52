"""Errors whose message is one sentence for a person: what, where and the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TraceError(ValueError):
    """Something asked of a trace cannot be had; the message says what and what to do."""


class UnknownCell(TraceError):  # noqa: N818 - says what it is
    """A cell's address names no cell of this trace."""


class NoRule(TraceError):  # noqa: N818 - says what it is
    """Nobody has written down yet how this operation makes a number."""


class TraceLost(TraceError):  # noqa: N818 - says what happened
    """The numbers of a trace that lies elsewhere cannot be had any more, or not now."""


class TraceFileError(TraceError):
    """A file is not a trace that this version can read."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A clause that offers the nearest known words, or lists a few where none is near."""
    near, listed = near_words(word, known)
    return f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(listed)}."


def near_words(word: str, known: Iterable[str]) -> tuple[list[str], list[str]]:
    """The nearest of the known words; and a few of all, with an ellipsis where there are more."""
    known = list(known)
    near = difflib.get_close_matches(word, known, n=3, cutoff=0.5)
    return near, [*known[:12], *(["…"] if len(known) > 12 else [])]

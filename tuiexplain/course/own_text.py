"""A text of the learner's own, made fit for a lesson's network: one clean line, of bounded length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

from tuiexplain.course.text import is_wide, without_controls

Unit = Literal["words", "characters"]
UNITS = ("words", "characters")

MOST_READ = 10_000
"""Characters of a text that are looked at; no lesson has room for more."""
LONGEST_WORD = 24
MOST_MARKS = 3
"""Accents that a character may bear: more would pile up over the lines above."""

_INSIDE = frozenset("'’-_")
"""What joins letters to one word."""


class OwnText(NamedTuple):
    """The text as the network gets it (empty: there was nothing to read), and whether some of what
    was typed is left out.
    """

    text: str
    cut: bool


def fitted(text: str, longest: int, unit: Unit) -> OwnText:
    """``text`` in one line, without controls, of at most ``longest`` words or characters."""
    text = text.lstrip()
    line = " ".join(_clean(text[:MOST_READ]).split())
    ends = [end for _, end in _spans(line, unit)]
    kept = line[: ends[longest - 1]] if len(ends) > longest else line
    kept = re.sub(rf"(\w{{{LONGEST_WORD}}})\w+", r"\1", kept) if unit == "words" else kept
    return OwnText(kept, kept != line or len(text) > MOST_READ)


def words(text: str) -> list[str]:
    """The words of a text: a Chinese character and a mark of punctuation are words of their own."""
    return [text[start:end] for start, end in _spans(text, "words")]


def characters(text: str) -> list[str]:
    """The characters of a text as one sees them: accents stay with their letters."""
    return [text[start:end] for start, end in _spans(text, "characters")]


def _clean(text: str) -> str:
    """Composed, without controls, and with no more accents on a character than it can bear."""
    kept: list[str] = []
    marks = MOST_MARKS  # there is nothing yet that an accent could stand on
    for c in unicodedata.normalize("NFC", without_controls(text)):
        marks = marks + 1 if _is_mark(c) else MOST_MARKS if c.isspace() else 0
        if not _is_mark(c) or marks <= MOST_MARKS:
            kept.append(c)
    return "".join(kept)


def _is_mark(c: str) -> bool:
    return unicodedata.category(c).startswith("M")


def _spans(text: str, unit: Unit) -> Iterator[tuple[int, int]]:
    """Where each word or character begins and ends."""
    start = 0
    while start < len(text):
        end = start + 1
        joined = unit == "words" and _is_letter(text[start])
        while end < len(text) and (_is_mark(text[end]) or (joined and _goes_on(text, end))):
            end += 1
        if unit == "characters" or not text[start].isspace():
            yield start, end
        start = end


def _is_letter(c: str) -> bool:
    return c.isalnum() and not is_wide(c)


def _goes_on(text: str, at: int) -> bool:
    """Whether the word that ends before ``at`` goes on there."""
    if _is_letter(text[at]):
        return True
    return text[at] in _INSIDE and at + 1 < len(text) and _is_letter(text[at + 1])

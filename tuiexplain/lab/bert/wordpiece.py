"""WordPiece, as BERT has it: words in small letters, cut into the longest pieces that are known.

Written out, because it is sixty lines: the `tokenizers` library would be one more thing to install.
Devlin et al., "BERT" (2018); the rules are those of the original ``tokenization.py``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

START, END, BLANK, UNKNOWN = "[CLS]", "[SEP]", "[MASK]", "[UNK]"
LONGEST_WORD = 100
GOES_ON = "##"
"""What a piece begins with that is not the beginning of a word."""
_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F))


def pieces(text: str, vocabulary: dict[str, int], most: int) -> list[str]:
    """[CLS], at most ``most`` pieces of ``text``, [SEP]. ``[MASK]`` in the text is a blank."""
    found: list[str] = []
    for place, part in enumerate(_around_blanks(text)):
        if place:
            found.append(BLANK)
        for word in _words(part):
            found += _pieces_of(word, vocabulary)
    return [START, *found[:most], END]


def _around_blanks(text: str) -> Sequence[str]:
    for spelling in ("[mask]", "[Mask]"):
        text = text.replace(spelling, BLANK)
    return text.split(BLANK)


def _words(text: str) -> Iterator[str]:
    """In small letters without accents; marks and Chinese characters are words of their own."""
    word = ""
    for c in unicodedata.normalize("NFD", text.lower()):
        kind = unicodedata.category(c)
        if kind == "Mn" or (kind[0] == "C" and c not in "\t\n\r"):
            continue
        alone = _is_mark(c, kind) or any(low <= ord(c) <= high for low, high in _IDEOGRAPHS)
        if alone or c.isspace():
            if word:
                yield word
            word = ""
            if alone:
                yield c
        else:
            word += c
    if word:
        yield word


def _is_mark(c: str, kind: str) -> bool:
    """Punctuation; in ASCII everything that is neither letter, digit nor space."""
    return kind[0] == "P" or (c.isascii() and not c.isalnum() and not c.isspace())


def _pieces_of(word: str, vocabulary: dict[str, int]) -> list[str]:
    """The longest known piece from the left, again and again; [UNK] if that leads nowhere."""
    found: list[str] = []
    start = 0
    while start < len(word) <= LONGEST_WORD:
        prefix = GOES_ON if start else ""
        ends = range(len(word), start, -1)
        end = next((e for e in ends if prefix + word[start:e] in vocabulary), None)
        if end is None:
            return [UNKNOWN]
        found.append(prefix + word[start:end])
        start = end
    return found or [UNKNOWN]

"""Text as it comes from a lesson's files: no control characters, widths as a terminal has them."""

from __future__ import annotations

import unicodedata

_KEPT = {"\n", "\t"}


def control_characters(text: str) -> list[tuple[int, str]]:
    """Line (from 1) and name of each character that could steer a terminal or turn text around."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.isprintable():
            found += [(number, f"U+{ord(c):04X}") for c in line if _is_control(c)]
    return found


def without_controls(text: str) -> str:
    """``text`` with line ends made one kind and control characters taken out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if all(line.isprintable() for line in text.split("\n")):
        return text
    return "".join(c for c in text if not _is_control(c))


def _is_control(c: str) -> bool:
    # Cf holds the characters that reverse or hide text; Co and Cs have no agreed appearance.
    return c not in _KEPT and unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs"}


def width(text: str) -> int:
    """Columns that ``text`` takes in a terminal."""
    return sum(_width(c) for c in text)


def _width(c: str) -> int:
    if unicodedata.combining(c) or unicodedata.category(c) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def is_wide(c: str) -> bool:
    """Whether a line may be broken before or after ``c``, as in Chinese."""
    return unicodedata.east_asian_width(c) in "WF"


_NOT_FIRST = set("，。、；：？！）》」』】”’…,.;:?!)]}%")
"""What must not begin a line."""
_NOT_LAST = set("（《「『【“‘")
"""What must not end a line."""


def pieces(text: str) -> list[str]:
    """``text`` in pieces that stay whole: words and the space after, single Chinese characters."""
    found: list[str] = []
    word = ""
    for at, c in enumerate(text):
        if c == " " and text[at + 1 : at + 2] == "%" and word[-1:].isdigit():
            word += c  # "15 %" stays whole
        elif c in _NOT_LAST:
            found += [word] if word else []
            word = c
        elif word and word[-1] in _NOT_LAST:
            word += c
        elif is_wide(c) and not (c in _NOT_FIRST and (word or found)):
            if word:
                found.append(word)
                word = ""
            found.append(c)
        elif c in _NOT_FIRST and not word and found:
            found[-1] += c
        elif c == " " or is_wide(c):  # behind a wide mark a line may end, after a Latin word too
            found.append(word + c)
            word = ""
        else:
            word += c
    return [*found, word] if word else found


def wrap(text: str, columns: int) -> list[str]:
    """``text`` in lines of at most ``columns`` (a piece that is wider stands alone, too wide)."""
    lines, line = [], ""
    for piece in pieces(text):
        if line and width(line) + width(piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.rstrip() or not lines else lines

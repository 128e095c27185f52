"""What is different between two lines, so that no more than that is sent over the wire."""

from __future__ import annotations

from itertools import repeat

from rich.cells import get_character_cell_size
from rich.style import Style
from textual.strip import Strip

from tuiexplain.views.picture import is_quiet

GAP = 8
"""Equal cells that cost less to send again than to jump over."""

_Cell = tuple[str, Style | None, int]
"""A character, its style, and which of the character's columns this is."""


def changes(before: Strip, after: Strip) -> list[tuple[int, int]]:
    """The spans of columns (from, to) in which ``after`` is not what ``before`` was."""
    spans: list[tuple[int, int]] = []
    pairs = zip(_cells(before), _cells(after), strict=True)
    for x, (old, new) in enumerate(pairs):
        if old != new:
            if spans and x - spans[-1][1] <= GAP:
                spans[-1] = (spans[-1][0], x + 1)
            else:
                spans.append((x, x + 1))
    return spans


def _cells(strip: Strip) -> list[_Cell]:
    """The columns of a line; an empty one has no style, unless the style is seen there."""
    cells: list[_Cell] = []
    for text, style, _ in strip:
        empty = None if style is None or is_quiet(style) else style
        if text.isascii():
            styles = (empty if character == " " else style for character in text)
            cells += zip(text, styles, repeat(0))
            continue
        for character in text:
            seen = empty if character == " " else style
            columns = get_character_cell_size(character)
            if columns:
                cells += [(character, seen, column) for column in range(columns)]
            elif cells:  # an accent on the character before
                last, its_style, column = cells[-1]
                cells[-1] = (last + character, its_style, column)
    return cells

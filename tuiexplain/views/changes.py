"""What is different between two lines, so that no more than that is sent over the wire."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate, repeat

from rich.cells import get_character_cell_size
from rich.style import Style
from textual.strip import Strip

from tuiexplain.views.picture import is_quiet

GAP = 8
"""Equal cells of one style that cost less to send again than to jump over."""

_Cell = tuple[str, Style | None, int]
"""A character, its style, and which of the character's columns this is."""


def changes(before: Strip, after: Strip) -> list[tuple[int, int]]:
    """The spans of columns (from, to) in which ``after`` is not what ``before`` was."""
    spans: list[tuple[int, int]] = []
    single = all(strip.cell_length == len(strip.text) for strip in (before, after))
    starts = list(accumulate((s.cell_length for s in after), initial=0))
    for x in _different(before, after) if single else _different_cells(before, after):
        if spans and x - spans[-1][1] <= GAP and not _style_begins(starts, spans[-1][1], x):
            spans[-1] = (spans[-1][0], x + 1)
        else:
            spans.append((x, x + 1))
    return spans


def _style_begins(starts: list[int], first: int, end: int) -> bool:
    """Whether a run of another style begins between two columns: it would be sent as well."""
    at = bisect_left(starts, first)
    return at < len(starts) and starts[at] < end


def _different(before: Strip, after: Strip) -> Iterator[int]:
    """The columns that differ, where each character takes one: runs of equal text are skipped."""
    x = 0
    olds, news = iter(before), iter(after)
    old = new = ""
    old_style = new_style = None
    while True:
        if not old:
            old, old_style, _ = next(olds, ("", None, None))
        if not new:
            new, new_style, _ = next(news, ("", None, None))
        length = min(len(old), len(new))
        if not length:
            return
        a, b = old[:length], new[:length]
        if old_style != new_style:
            bare = all(style is None or is_quiet(style) for style in (old_style, new_style))
            yield from (x + i for i in range(length) if not (bare and a[i] == b[i] == " "))
        elif a != b:
            yield from (x + i for i in range(length) if a[i] != b[i])
        old, new, x = old[length:], new[length:], x + length


def _different_cells(before: Strip, after: Strip) -> Iterator[int]:
    pairs = zip(_cells(before), _cells(after), strict=True)
    return (x for x, (old, new) in enumerate(pairs) if old != new)


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

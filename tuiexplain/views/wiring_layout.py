"""Where the units of a network's picture lie; what does not fit around the cursor is left out."""

from __future__ import annotations

from typing import NamedTuple

from tuiexplain.trace.kept import kept_for_now
from tuiexplain.views.picture import Area

HEAD = 1
"""Lines for the titles of the columns."""
LEAST_GAP, GOOD_GAP = 3, 7
"""Columns between two layers: in which wires can be told apart at all, and well."""
WIDEST, TALLEST = 6, 3
"""A unit's surface at most."""
LABEL = 8


class Stack(NamedTuple):
    """One layer: from ``x`` on; ``rows`` are the first lines of the units from ``first`` on."""

    column: int
    x: int
    first: int
    rows: tuple[int, ...]
    above: int
    below: int
    """Units that found no room."""

    def unit(self, line: int, tall: int) -> int | None:
        """The unit at a line."""
        for i, row in enumerate(self.rows):
            if row <= line < row + tall:
                return self.first + i
        return None


class Layout(NamedTuple):
    """``wide`` x ``tall`` characters for a unit, ``gap`` columns between layers."""

    stacks: tuple[Stack, ...]
    wide: int
    tall: int
    gap: int
    left: int
    right: int
    """Columns for labels before the first stack and after the last."""
    before: int
    after: int
    """Layers that found no room."""

    def area(self, column: int, unit: int) -> Area | None:
        """Where a unit is drawn."""
        for stack in self.stacks:
            at = unit - stack.first
            if stack.column == column and 0 <= at < len(stack.rows):
                return Area(stack.x, stack.rows[at], self.wide, self.tall)
        return None


@kept_for_now(64)
def layout(
    counts: tuple[int, ...],
    labels: tuple[int, int],
    unit: tuple[int, int] | None,
    width: int,
    height: int,
) -> Layout:
    """Room for ``counts`` units of each layer, in exactly ``width`` x ``height``.

    ``labels`` are the columns that names take before the first and after the last layer. A unit
    becomes smaller before it is left out, and never smaller than one character; then layers and
    units around ``unit`` are shown.
    """
    left, right = (min(LABEL, n) + 1 if n else 0 for n in labels)
    wide, gap, shown = _across(len(counts), width - left - right)
    first = _window(len(counts), shown, 0 if unit is None else unit[0])
    if first:
        left = 0
    if first + shown < len(counts):
        right = 0
    rows = max(1, height - HEAD)
    most = max(counts[first : first + shown])
    pitch = rows // most
    tall = max(1, min(TALLEST, pitch - 1 if pitch > 1 else 1, (wide + 1) // 2))
    used = shown * wide + max(0, shown - 1) * gap
    x = left + max(0, (width - left - right - used) // 2)
    stacks = []
    for index in range(first, first + shown):
        here = unit[1] if unit is not None and unit[0] == index else 0
        stacks.append(_stack(index, x, counts[index], here, rows, tall))
        x += wide + gap
    return Layout(tuple(stacks), wide, tall, gap, left, right, first, len(counts) - first - shown)


def _across(count: int, room: int) -> tuple[int, int, int]:
    """How wide units and gaps are, and how many layers there is room for."""
    for least, widths in ((2, range(WIDEST, 2, -1)), (0, range(3, 0, -1))):
        for wide in widths:
            gap = (room - count * wide) // max(1, count - 1)
            if gap >= max(least * wide, GOOD_GAP if least else LEAST_GAP):
                return wide, min(gap, 6 * wide), count
    shown = max(1, min(count, (room + LEAST_GAP) // (2 + LEAST_GAP)))
    return 2, LEAST_GAP, shown


def _stack(index: int, x: int, count: int, here: int, rows: int, tall: int) -> Stack:
    pitch = max(1, min(rows // count, tall + 2))
    shown = min(count, max(1, (rows - tall) // pitch + 1))
    marks = 2 if shown < count else 0
    if marks:
        shown = max(1, min(shown, (rows - marks - tall) // pitch + 1))
    first = _window(count, shown, here)
    used = (shown - 1) * pitch + tall
    top = HEAD + (rows - used) // 2
    lines = tuple(top + i * pitch for i in range(shown))
    return Stack(index, x, first, lines, first, count - first - shown)


def _window(count: int, shown: int, here: int) -> int:
    """The first of ``shown`` out of ``count``, so that ``here`` is among them."""
    return max(0, min(here - shown // 2, count - shown))

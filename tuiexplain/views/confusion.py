"""Which class was taken for which: rows are what is true, columns what the network said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuiexplain.views.look import Look
from tuiexplain.views.picture import Line, Picture, fill
from tuiexplain.views.text import fit, width_of

LEAST_CELL = 3
MOST_NAME = 10


@dataclass(frozen=True)
class Confusion:
    """``counts`` (true, said), the classes' names, and words for the corner and the last column."""

    counts: np.ndarray
    names: Sequence[str]
    corner: str = ""
    right: str = ""


def confusion(spec: Confusion, width: int, height: int, look: Look) -> Picture:
    """The table in exactly ``width`` x ``height``; classes that find no room are left out.

    A cell is tinted by its share of its row: the diagonal as what is right, the rest as mistakes.
    The last column is the share of each class that was recognised.
    """
    names = [look.write(name) for name in spec.names]
    counts = np.asarray(spec.counts)
    corner = look.write(spec.corner)
    labels = min(MOST_NAME, max(map(width_of, [*names, corner]), default=0), max(0, width // 3))
    digits = len(str(int(counts.max()))) if counts.size else 1
    widest = max(map(width_of, names), default=0)
    share = max(5, width_of(look.write(spec.right)) + 1)
    room = width - labels - 1
    most = max(LEAST_CELL, digits + 1, min(widest + 1, MOST_NAME))
    cell = max(LEAST_CELL, digits + 1, min(most, (room - share) // max(1, len(names))))
    shown = max(0, min(len(names), room // cell, height - 1))
    dots = look.glyphs.ellipsis
    head = Line(width).add(fit(corner, labels, "left", dots), look.muted).space(1)
    for name in names[:shown]:
        head.add(fit(name, cell - 1, "right", dots), look.name).space(1)
    shares = head.room >= share
    if shares:
        head.add(fit(look.write(spec.right), share - 1, "right", dots), look.muted)
    lines = [head]
    for row in range(shown):
        line = Line(width).add(fit(names[row], labels, "left", dots), look.name).space(1)
        total = int(counts[row].sum())
        for column in range(shown):
            count = int(counts[row, column])
            right = row == column
            part = count / total if total else 0.0
            level = look.tint.quantise([part if right else -part], 1.0)[0] if count else 0
            style = look.tint.style(int(level))
            if look.colourless:
                style = look.strong if right else look.text
            text = f"{count:>{cell - 1}}" if count or right else look.glyphs.unknown
            line.add(fit(text, cell - 1, "right", dots), style if count else look.faint).space(1)
        if shares:
            text = f"{counts[row, row] / total:.0%}" if total else look.glyphs.dash
            line.add(f"{text:>{share - 1}}", look.number)
        lines.append(line)
    return Picture(fill([line.strip() for line in lines], width, max(0, height)))

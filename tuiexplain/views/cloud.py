"""Points and nothing else, in a few characters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tuiexplain.views.axes import Limits
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture

SPARSE = 5
"""Characters of the picture for each point, at least."""


@dataclass(frozen=True)
class Cloud:
    """``points`` (n, 2) of a ``kind`` each; ``signed``: kind 0 is above zero and 1 below."""

    points: np.ndarray
    kinds: np.ndarray
    x: Limits
    y: Limits
    signed: bool = False


def cloud(spec: Cloud, width: int, height: int, look: Look) -> Picture:
    """As many of the points as can be told apart in ``width`` x ``height``, the same each time."""
    grid = Grid(max(0, width), max(0, height))
    most = width * height // SPARSE
    count = len(spec.points)
    shown = range(count) if count <= most else (i * count // max(1, most) for i in range(most))
    glyphs = look.glyphs
    signs = (glyphs.up + glyphs.down) if spec.signed else glyphs.classes
    styles = (look.above, look.below) if spec.signed else look.series
    (left, right), (bottom, top) = spec.x, spec.y
    for i in shown:
        x, y = (float(n) for n in spec.points[i])
        if not (left <= x <= right and bottom <= y <= top):
            continue
        column = round((x - left) / (right - left) * (width - 1))
        row = round((top - y) / (top - bottom) * (height - 1))
        kind = int(spec.kinds[i])
        grid.put(column, row, signs[kind % len(signs)], styles[kind % len(styles)])
    return Picture(grid.strips())

"""Data that several lessons make by the same recipe."""

from __future__ import annotations

import gzip
from functools import lru_cache

import numpy as np

from tuiexplain.course.folders import lessons_root

SPIRAL_SEED = 0
"""The seed with which the published losses on the spiral come out."""
NOISE = 0.2


def spiral(
    classes: int = 3, each: int = 100, draws: np.random.RandomState | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Points ``(classes * each, 2)`` on as many arms of a spiral, and their classes as integers.

    Every arm runs from the middle to the unit circle and turns by four radians; the angles have
    normal noise. Where ``draws`` is given, the numbers that follow in it are the next of the same
    sequence. Source: Stanford CS231n, "Minimal neural network case study"; without arguments these
    are its very points, drawn by NumPy's generator of that time.
    """
    draws = np.random.RandomState(SPIRAL_SEED) if draws is None else draws
    radius = np.linspace(0, 1, each)
    points = []
    for arm in range(classes):
        angle = np.linspace(4 * arm, 4 * (arm + 1), each) + NOISE * draws.randn(each)
        points.append(np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]))
    return np.concatenate(points), np.repeat(np.arange(classes), each)


@lru_cache(1)
def digits() -> tuple[np.ndarray, np.ndarray]:
    """The 1,797 handwritten digits: ``(N, 1, 8, 8)`` from 0 to 1, and which digits they are.

    Source and licence: ``lessons/data/README.md``.
    """
    file = lessons_root() / "data" / "digits.csv.gz"
    rows = gzip.decompress(file.read_bytes()).decode("ascii").split()
    table = np.array([row.split(",") for row in rows], dtype=float)
    images, classes = table[:, :-1].reshape(-1, 1, 8, 8) / 16, table[:, -1].astype(np.int64)
    for array in (images, classes):
        array.setflags(write=False)
    return images, classes

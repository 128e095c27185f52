"""Numbers between evenly spaced ones."""

from __future__ import annotations

import numpy as np


def between(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """``values`` along their first axis at the fractional places ``at``, 0 being the first value.

    By the cubic through the four values around each place (fewer, where there are fewer): exact for
    quadratics, as a loss is near its minimum. Beyond the ends the outermost cubic goes on.
    """
    values, at = np.asarray(values, dtype=float), np.asarray(at, dtype=float)
    known = len(values)
    order = min(4, known)
    first = np.clip(np.floor(np.nan_to_num(at)), 0, known) - order // 2 + 1
    first = np.clip(first, 0, known - order).astype(int)
    total = np.zeros((len(at), *values.shape[1:]))
    with np.errstate(all="ignore"):  # what is infinite stays so, or becomes NaN
        for i in range(order):
            weight = np.ones(len(at))
            for j in range(order):
                if j != i:
                    weight *= (at - first - j) / (i - j)
            total += weight.reshape(-1, *[1] * (values.ndim - 1)) * values[first + i]
    return total


def enlarged(values: np.ndarray, *counts: int) -> np.ndarray:
    """``values`` at ``counts`` even places from edge to edge along each axis."""
    for axis, count in enumerate(counts):
        along = np.moveaxis(values, axis, 0)
        places = np.linspace(0, len(along) - 1, count)
        values = np.moveaxis(between(along, places), 0, axis)
    return values

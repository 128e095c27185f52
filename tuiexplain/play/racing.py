"""Runs trained side by side: whoever is behind goes first, a few steps at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from time import perf_counter

from tuiexplain.trace.run import Run

BURST = 64
"""Steps of one run before another has its turn: a turn costs as much as a step."""


def finite(run: Run) -> bool:
    """Whether the last loss is a number."""
    return not run.losses or math.isfinite(run.losses[-1])


def train_abreast(
    own: Run, others: Sequence[Run], goal: int | None, seconds: float, most: int | None = None
) -> bool:
    """Train for a while, ``most`` steps of all together; ``False`` when there is no more to do.

    ``own`` stops at ``goal`` steps or where its numbers end, the others where it is; one whose
    numbers have ended is not waited for.
    """
    end, taken = perf_counter() + seconds, 0
    while most is None or taken < most:
        late = [run for run in others if finite(run) and run.length < own.length]
        first = min(late, key=lambda run: run.length, default=own)
        ahead = goal if first is own else own.length
        left = BURST if others else None
        if ahead is not None:
            left = ahead - first.length if left is None else min(left, ahead - first.length)
        if first is own and (not finite(own) or (left is not None and left <= 0)):
            return False
        if most is not None:
            left = most - taken if left is None else min(left, most - taken)
        now = perf_counter()
        if taken and now >= end:
            return True
        taken += first.train_for(max(end - now, 0.0), left)
    return True

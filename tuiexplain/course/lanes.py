"""Training side by side: the learner's own run, and those that it is compared with."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tuiexplain.course.bench import Axis, Lane
from tuiexplain.trace.run import Run


def behind(own: Lane[Run], others: Sequence[Lane[Run]], axis: Axis) -> Lane[Run] | None:
    """The lane that is furthest behind ``own``; ``None`` when none is.

    One whose numbers have ended is not waited for.
    """
    goal = own.reached(axis) - 1e-9
    late = [lane for lane in others if lane.finite and lane.reached(axis) < goal]
    return min(late, key=lambda lane: lane.reached(axis), default=None)


def train_together(
    own: Lane[Run],
    others: Sequence[Lane[Run]],
    axis: Axis,
    goal: int | None,
    seconds: float,
    most: int,
) -> None:
    """Take training steps, at least one and ``most`` in all lanes together, for a while.

    Whoever is behind goes first; ``own`` stops at ``goal`` steps, the others where it is.
    """
    end = time.perf_counter() + seconds
    for _ in range(most):
        late = behind(own, others, axis) if others else None
        if late is not None:
            late.run.advance()
        elif own.finite and (goal is None or own.run.length < goal):
            own.run.advance()
        else:
            return
        if time.perf_counter() >= end:
            return

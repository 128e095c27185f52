"""Training before the learner's eyes: slices of steps between frames, in the interface's own loop.

A slice is short, so a key waits no longer than one; frames follow the line that they are sent over:
the more bytes a frame costs, the fewer there are.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

SLICE = 0.004
"""Seconds of training between two looks at the keyboard."""
HOPS = 8
"""Turns of the loop between two slices: so often is a key handed on until it is drawn."""
FASTEST, SLOWEST = 0.085, 1.0
"""Seconds between two frames."""
HURRIED = 0.125
"""Seconds of training between two frames at least, when it is to go as fast as it can."""
BYTES_A_SECOND = 14_000
"""What frames may cost, well below what a slow line carries."""
BYTES_A_CELL = 2.2
"""What a changed cell costs on the wire, colours included: measured over lessons."""


GROWTH = 0.1
"""A frame trains this share of what was trained before it: the first steps are seen one by one."""


class Trainee(Protocol):
    """What trains."""

    @property
    def steps_taken(self) -> int:
        """Training steps so far."""

    def train_for(self, seconds: float, most: int | None = None) -> bool:
        """Train for a while, ``most`` steps at most; ``False`` when there is no more to do."""


async def train(
    trainee: Trainee,
    wanted: Callable[[], bool],
    show: Callable[[], int],
    hurry: Callable[[], bool],
    *,
    most: Callable[[], int | None] = lambda: None,
    drawing: float = 1.0,
) -> bool:
    """Train while ``wanted``; ``show`` draws a frame and says how many cells it sent.

    Training begins step by step and grows faster with each frame, up to all that the processor
    gives; with ``hurry`` it is that fast at once. ``most`` are the steps of a frame at most, and
    ``drawing`` is the share of the time that frames may take in a hurry. Returns ``True`` if training
    ended by itself.
    """
    begun = trainee.steps_taken
    next_frame, this_frame = time.perf_counter(), 1
    while wanted():
        before = trainee.steps_taken
        more = True
        if hurry():
            more = trainee.train_for(SLICE)
        elif this_frame > 0:
            more = trainee.train_for(SLICE, this_frame)
        this_frame -= trainee.steps_taken - before
        now = time.perf_counter()
        if now >= next_frame or not more:
            cells = show()
            drawn = time.perf_counter()
            wait = cells * BYTES_A_CELL / BYTES_A_SECOND
            begin, least = now, FASTEST
            if hurry():
                begin, least = drawn, max(HURRIED, (drawn - now) / drawing)
            next_frame = begin + min(max(wait, least), SLOWEST)
            this_frame = max(1, int(GROWTH * (trainee.steps_taken - begun)))
            if (limit := most()) is not None:
                this_frame = min(this_frame, limit)
        if not more:
            return True
        rest = this_frame <= 0 and not hurry()
        await asyncio.sleep(max(0.0, next_frame - time.perf_counter()) if rest else 0)
        for _ in range(HOPS):
            await asyncio.sleep(0)
    return False

"""Training before the learner's eyes: slices of steps between frames, in the interface's own loop.

A slice is short, so a key waits no longer than one; frames follow the line that they are sent over:
the more bytes a frame costs, the fewer there are.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

SLICE = 0.008
"""Seconds of training between two looks at the keyboard."""
FASTEST, SLOWEST = 0.125, 1.0
"""Seconds between two frames."""
BYTES_A_SECOND = 14_000
"""What frames may cost, well below what a slow line carries."""
BYTES_A_CELL = 2.2
"""What a changed cell costs on the wire, colours included: measured over lessons."""


class Trainee(Protocol):
    """What trains."""

    def train_for(self, seconds: float) -> bool:
        """Train for a while; ``False`` when there is no more to do."""


async def train(trainee: Trainee, wanted: Callable[[], bool], show: Callable[[], int]) -> bool:
    """Train while ``wanted``; ``show`` draws a frame and says how many cells it sent.

    Returns ``True`` if training ended by itself.
    """
    next_frame = time.perf_counter()
    while wanted():
        more = trainee.train_for(SLICE)
        now = time.perf_counter()
        if now >= next_frame or not more:
            cells = show()
            wait = cells * BYTES_A_CELL / BYTES_A_SECOND
            next_frame = time.perf_counter() + min(max(wait, FASTEST), SLOWEST)
        if not more:
            return True
        await asyncio.sleep(0)
    return False

"""How often one may look: as often as costs so little that nobody would notice."""

from __future__ import annotations

SHARE = 0.02
"""Of the time, at most."""
LEAST = 0.1
"""Seconds between two looks, at least."""
_MEMORY = 0.5
"""How much of the average is the costs before the last."""


class Budget:
    """A moving average of what looking costs, and when the next look is due."""

    def __init__(self, share: float = SHARE, least: float = LEAST) -> None:
        self.share, self.least = share, least
        self.average: float | None = None
        self._next = 0.0

    def due(self, now: float) -> bool:
        """Whether the next look may be taken at ``now`` (seconds on any clock)."""
        return now >= self._next

    def spent(self, cost: float, now: float) -> None:
        """A look that ended at ``now`` took ``cost`` seconds."""
        before = cost if self.average is None else self.average
        self.average = _MEMORY * before + (1 - _MEMORY) * cost
        self._next = now + max(self.least, max(self.average, cost) / self.share)

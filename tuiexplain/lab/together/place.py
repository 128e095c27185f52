"""Which of several processes this is, as `torchrun` says it. Imports no torch."""

from __future__ import annotations

import os
from typing import NamedTuple

NAMES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")


class Place(NamedTuple):
    """Process ``rank`` of ``size``; on its machine, process ``local_rank`` of ``local_size``."""

    rank: int
    size: int
    local_rank: int
    local_size: int

    @property
    def leads(self) -> bool:
        """Whether this process is the one that is watched and writes the run's folder."""
        return self.rank == 0


def here() -> Place | None:
    """The place of this process; None for a run of one process."""
    if "MASTER_ADDR" not in os.environ or not all(n in os.environ for n in NAMES):
        return None
    place = Place(*(int(os.environ[name]) for name in NAMES))
    return place if place.size > 1 else None

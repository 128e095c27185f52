"""Where a run of the lab is."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where a run is, as the interface has heard."""

    UNBORN = "unborn"
    STARTING = "starting"
    TRAINING = "training"
    PAUSED = "paused"
    STUCK = "stuck"
    DONE = "done"
    BROKEN = "broken"


STANDING = (Stage.PAUSED, Stage.STUCK, Stage.DONE)
"""Where it waits before a step, which can be opened."""

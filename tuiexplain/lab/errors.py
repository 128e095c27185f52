"""What can go wrong in the lab: one sentence each, for a person."""

from __future__ import annotations


class LabError(ValueError):
    """What was asked cannot be had; the message says what, where and the remedy."""


class RunStopped(LabError):  # noqa: N818 - not a slip of the user's: the run itself ended
    """Training could not go on: a number that is not finite, no memory left, a dead process."""

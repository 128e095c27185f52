"""What can go wrong in the lab: one sentence each, for a person."""

from __future__ import annotations

from typing import Any


class LabError(ValueError):
    """What was asked cannot be had; the message says what, where and the remedy.

    The message is for the command line, and names its options. ``key`` and ``fields`` let the
    interface say it in its own language, and name its keys: a text of the table ``[lab_error]``.
    """

    def __init__(self, message: str, key: str = "", **fields: str | float) -> None:
        super().__init__(message)
        self.key, self.fields = key, fields

    def told(self) -> dict[str, Any]:
        """As the fields of a message that tells it to another process."""
        return {"sentence": str(self), "key": self.key, "fields": self.fields}


class RunStopped(LabError):  # noqa: N818 - not a slip of the user's: the run itself ended
    """Training could not go on: a number that is not finite, no memory left, a dead process."""

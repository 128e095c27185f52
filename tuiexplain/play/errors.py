"""What can be wrong with what the playground is given: one sentence for a person."""

from __future__ import annotations

from typing import Any


class PlayError(ValueError):
    """What was asked cannot be had; the message says what, where and the remedy.

    ``key`` and ``fields`` let the interface say it in its own language: a text of the table
    ``[play_error]``.
    """

    def __init__(self, message: str, key: str = "", **fields: Any) -> None:
        super().__init__(message)
        self.key, self.fields = key, fields

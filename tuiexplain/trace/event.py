"""Events: the operations of a trace, in the order in which they ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Phase(StrEnum):
    """The three parts of a training step."""

    FORWARD = "forward"
    BACKWARD = "backward"
    UPDATE = "update"


class Site(NamedTuple):
    """A place in a source file: line and columns count as in ``ast`` (from 1, from 0)."""

    file: str
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0


@dataclass(frozen=True)
class Event:
    """One operation.

    ``inputs`` and ``output`` are value ids. In the backward phase ``answers`` is the index of the
    forward event whose derivative this is, and ``wrt`` names that event's input. ``attrs`` holds
    what the operation was told besides its inputs (an axis, a learning rate).
    """

    index: int
    phase: Phase
    op: str
    module: str
    inputs: tuple[int, ...]
    output: int
    site: Site | None = None
    answers: int | None = None
    wrt: str | None = None
    attrs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def line(self) -> int | None:
        """The source line that ran, from 1."""
        return self.site.line if self.site else None

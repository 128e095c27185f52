"""What is done to a run on its way, and how it was before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tuiexplain.play.dataset import Dataset
from tuiexplain.play.design import Design
from tuiexplain.play.history import history
from tuiexplain.trace.run import Run


class Segment(NamedTuple):
    """From step ``start`` on ``design`` was trained, from weights that were set before by hand."""

    start: int
    design: Design
    numbers: Mapping[str, float] = {}
    """By address (``W1[0,1]``)."""


Segments = tuple[Segment, ...]
"""The changes of a run, the first at step 0."""


class Change(NamedTuple):
    """One thing done differently from step ``step`` on."""

    step: int
    dials: Mapping[str, Any] = {}
    """Fields of the design, and what they are set to."""
    numbers: Mapping[str, float] = {}
    """Weights by address (``W1[0,1]``), and what they are set to."""


class Rival(NamedTuple):
    """A run that the own one is compared with, and the design that it trains."""

    run: Run
    design: Design
    change: Change | None = None
    """What the own run has done differently; ``None`` in a race."""


class Before(NamedTuple):
    """How everything was before it was changed."""

    data: Dataset
    run: Run
    design: Design
    segments: Segments
    rivals: tuple[Rival, ...]

    @property
    def runs(self) -> list[Run]:
        """Every run of it, those that others go on from among them."""
        return [run for own in (self.run, *(r.run for r in self.rivals)) for run in history(own)]

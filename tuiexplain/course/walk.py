"""The walk through a part: which step of the lesson each operation belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tuiexplain.course.schema import At, PartSpec, Prediction, Step
from tuiexplain.trace.event import Event
from tuiexplain.trace.trace import Trace


class Place(NamedTuple):
    """A training step, and how many of its events have run."""

    training_step: int
    position: int


class Walk:
    """Where each step of a part begins, found in the traces of the training steps it walks through.

    A step begins at the first event after the beginning of the step before that its ``at`` matches;
    one that matches nothing has no beginning.
    """

    def __init__(self, part: PartSpec, traces: Sequence[Trace], first: int = 0) -> None:
        self.part = part
        self.beginnings: list[tuple[Step, Place | None]] = []
        start = Place(first, 0)
        after = start
        for step in part.steps:
            place = start if step.at is None else _first_match(step.at, traces, first, after)
            self.beginnings.append((step, place))
            after = place or after
        places = {step.id: place for step, place in self.beginnings}
        self._asked = [
            (p, _asked_before(place, first))
            for p in part.predictions
            if (place := places.get(p.before))
        ]

    @property
    def unmatched(self) -> list[Step]:
        """Steps that no event matches."""
        return [step for step, place in self.beginnings if place is None]

    def step_at(self, place: Place) -> Step:
        """The step whose words belong to ``place``."""
        if place.position == 0 and place.training_step > 0:
            place = Place(place.training_step, 1)  # the words of what is about to happen
        here = self.part.steps[0]
        for step, beginning in self.beginnings:
            if beginning is not None and beginning <= place:
                here = step
        return here

    def questions_after(self, place: Place, until: Place) -> list[Prediction]:
        """The predictions asked on the way from ``place`` to ``until``, in their order."""
        return [prediction for prediction, at in self._asked if place < at <= until]


def _asked_before(place: Place, first: int) -> Place:
    """Where a question comes first, if the step it is asked before begins at ``place``.

    The words of a training step's first event are shown from its start on, so what is asked before
    them is asked before the training step.
    """
    if place.position == 1 and place.training_step > first:
        return Place(place.training_step, 0)
    return place


def _first_match(at: At, traces: Sequence[Trace], first: int, after: Place) -> Place | None:
    for training_step, trace in enumerate(traces, start=first):
        if at.train_step is not None and at.train_step != training_step:
            continue
        for event in trace.events:
            place = Place(training_step, event.index + 1)
            if place > after and matches(at, event, trace):
                return place
    return None


def matches(at: At, event: Event, trace: Trace) -> bool:
    """Whether ``event`` agrees with everything that ``at`` says."""
    said = (at.phase, at.op, at.module, at.wrt, at.output)
    found = (event.phase, event.op, event.module, event.wrt, trace.values[event.output].name)
    return all(want is None or want == have for want, have in zip(said, found, strict=True))

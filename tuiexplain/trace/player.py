"""The player: a cursor over the events of a trace. Forward and back cost the same: nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import pairwise

from tuiexplain.trace.event import Event, Phase
from tuiexplain.trace.moments import moments
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Value


class Zoom(StrEnum):
    """How far one move goes. Steps and epochs are moves between the traces of a run."""

    EVENT = "event"
    LAYER = "layer"
    PHASE = "phase"
    STEP = "step"
    EPOCH = "epoch"

    def closer(self) -> Zoom:
        """One zoom level in."""
        levels = list(Zoom)
        return levels[max(0, levels.index(self) - 1)]

    def wider(self) -> Zoom:
        """One zoom level out."""
        levels = list(Zoom)
        return levels[min(len(levels) - 1, levels.index(self) + 1)]


class Player:
    """``position`` events have run: 0 is before the first, ``len(player)`` after the last."""

    def __init__(self, trace: Trace, position: int = 0) -> None:
        self.trace = trace
        self._next, self._previous = _stops(trace)
        self.position = min(max(position, 0), len(self))

    def __len__(self) -> int:
        return len(self.trace.events)

    @property
    def event(self) -> Event | None:
        """The event that has just run; ``None`` at the start."""
        return self.trace.events[self.position - 1] if self.position else None

    @property
    def phase(self) -> Phase:
        """The phase of the event that has just run; at the start, forward."""
        return self.event.phase if self.event else Phase.FORWARD

    def go_to(self, position: int) -> None:
        """Put the cursor after event number ``position`` (the nearest there is)."""
        self.position = min(max(position, 0), len(self))

    def forward(self, zoom: Zoom = Zoom.EVENT) -> bool:
        """Move on; ``False`` if the trace ends here."""
        if self.position == len(self):
            return False
        self.position = self._next.get(zoom, self._next[Zoom.PHASE])[self.position]
        return True

    def back(self, zoom: Zoom = Zoom.EVENT) -> bool:
        """Move back; ``False`` if the trace starts here."""
        if self.position == 0:
            return False
        self.position = self._previous.get(zoom, self._previous[Zoom.PHASE])[self.position]
        return True

    def exists(self, value: Value) -> bool:
        """Whether a value is there yet: given from the start, or made by an event that has run."""
        return value.producer is None or value.producer < self.position


Stops = dict[Zoom, list[int]]


def _stops(trace: Trace) -> tuple[Stops, Stops]:
    """For each zoom and position, where one move forward and one move back lead.

    Where there are no layers, the moments of a loop over time are moved by in their place.
    """
    events: Sequence[Event] = trace.events
    layered = any(e.module for e in events)
    loop = None if layered else moments(trace, len(events))
    groups: dict[Zoom, Callable[[Event], object]] = {
        Zoom.EVENT: lambda e: e.index,
        Zoom.LAYER: lambda e: (e.phase, loop.at(trace, e) if loop else e.module.split("/")[0]),
        Zoom.PHASE: lambda e: e.phase,
    }
    forward: Stops = {}
    back: Stops = {}
    for zoom, key in groups.items():
        keys = [key(e) for e in events]
        ends = [i + 1 for i in range(len(keys)) if i + 1 == len(keys) or keys[i] != keys[i + 1]]
        stops = [0, *ends]
        forward[zoom], back[zoom] = _moves(stops, len(events))
    return forward, back


def _moves(stops: list[int], length: int) -> tuple[list[int], list[int]]:
    forward, back = [length] * (length + 1), [0] * (length + 1)
    for start, end in pairwise(stops):
        for position in range(start, end):
            forward[position] = end
            back[position + 1] = start
    return forward, back

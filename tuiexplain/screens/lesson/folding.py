"""Which forward operations share a node of the network's picture.

A network of a few dozen operations has a node for each. A larger one is folded by its modules: the
modules that the current event lies in are open, all others are one node each. A loop over time is
folded by its moments: the current one is open, all others are one node each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tuiexplain.trace.event import Event, Phase
from tuiexplain.trace.kept import kept_with_first
from tuiexplain.trace.moments import moments
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind, Value

MOST_NODES = 48
"""Forward operations up to which each has a node of its own."""


class Group(NamedTuple):
    """Consecutive forward events that are one node."""

    output: int
    """The value that the node shows, and is known by."""
    events: tuple[Event, ...]
    folded: str
    """The module that it stands for, or the moment (``t = 3``); empty for a single operation."""


class Crossing(NamedTuple):
    """Values that go from one node (or from a value that was given) into another."""

    source: int
    target: int
    uses: tuple[tuple[int, int], ...]
    """Which forward event uses which value."""


class Folding(NamedTuple):
    """Nodes and edges of a trace, without their numbers."""

    groups: tuple[Group, ...]
    given: tuple[int, ...]
    """The values that are nodes themselves, each before the first group that uses it."""
    crossings: tuple[Crossing, ...]
    of_event: dict[int, int]
    """For each forward event its node."""


def is_large(trace: Trace) -> bool:
    """Whether the trace is folded."""
    return sum(e.phase is Phase.FORWARD for e in trace.events) > MOST_NODES


@kept_with_first(8)
def folding(trace: Trace, count: int, here: str, moment: int | None = None) -> Folding:
    """The nodes of a trace of ``count`` events while one in the module ``here`` is looked at.

    ``moment`` is the one of its loop over time that it belongs to.
    """
    forward = [e for e in trace.events[:count] if e.phase is Phase.FORWARD]
    single = len(forward) <= MOST_NODES
    loop = {} if single else moments(trace, count).of
    runs: list[tuple[tuple[str, ...], list[Event]]] = []
    for event in forward:
        at = loop.get(event.index)
        if at is None or at == moment:
            key = () if single else _folded_at(event.module, here)
        else:
            key = (f"t = {at + 1}",)
        if key and runs and runs[-1][0] == key:
            runs[-1][1].append(event)
        else:
            runs.append((key, [event]))
    user = _last_use(forward)
    groups = tuple(_group(key, events, user) for key, events in runs)
    of_event = {e.index: group.output for group in groups for e in group.events}
    given: dict[int, None] = {}
    uses: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for event in forward:
        for value_id in dict.fromkeys(event.inputs):
            value = trace.values[value_id]
            if inside(value, event):
                continue
            if value.producer is None:
                given[value_id] = None
                source = value_id
            else:
                source = of_event.get(value.producer, value_id)
            if source != of_event[event.index]:
                uses.setdefault((source, of_event[event.index]), []).append((event.index, value_id))
    crossings = tuple(Crossing(*ends, tuple(pairs)) for ends, pairs in uses.items())
    return Folding(groups, tuple(given), crossings, of_event)


def inside(value: Value, operation: Event) -> bool:
    """Whether a value is a layer's own parameter, drawn with the layer."""
    return value.kind is Kind.PARAMETER and value.producer is None and bool(operation.module)


def node_of(module: str, folding: Folding) -> int | None:
    """The node in which the operations of ``module`` are, or the first of them."""
    path = _parts(module)
    for group in folding.groups:
        within = _parts(group.folded or group.events[0].module)
        if within and (path[: len(within)] == within or within[: len(path)] == path):
            return group.output
    return None


def _folded_at(module: str, here: str) -> tuple[str, ...]:
    """The module that an operation is folded into; nothing for one that is open."""
    path, opened = _parts(module), _parts(here)
    shared = 0
    while shared < min(len(path), len(opened)) and path[shared] == opened[shared]:
        shared += 1
    return path[: shared + 1] if shared < len(path) else ()


def _parts(module: str) -> tuple[str, ...]:
    return tuple(module.split("/")) if module else ()


def _last_use(forward: Sequence[Event]) -> dict[int, int]:
    """For each value, the last forward event that uses it."""
    return {value: event.index for event in forward for value in event.inputs}


def _group(key: tuple[str, ...], events: list[Event], user: dict[int, int]) -> Group:
    """The group's value is the last that is used after it, else the last that it makes."""
    end = events[-1].index
    used = [e.output for e in events if user.get(e.output, -1) > end]
    return Group((used or [events[-1].output])[-1], tuple(events), "/".join(key))

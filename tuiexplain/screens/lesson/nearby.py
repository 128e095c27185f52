"""Which values of a large trace are worth a card beside those of the current event."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tuiexplain.trace.kept import kept_with_first
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind, Value

MOST_VALUES = 150
"""Values up to which a trace is shown whole, and about as many as any window has room for."""


def nearby(trace: Trace, module: str) -> Collection[int]:
    """The values that the largest module around ``module`` works with that is small enough."""
    if len(trace.values) <= MOST_VALUES:
        return range(len(trace.values))
    return _nearby(trace, len(trace.events), module)


def states_of(trace: Trace, parameter: Value) -> Sequence[Value]:
    """What the optimiser remembers of a parameter, before the update and after it."""
    return _states(trace, len(trace.events)).get(parameter.name, ())


@kept_with_first(4)
def _states(trace: Trace, count: int) -> dict[str, list[Value]]:
    """By the names of their parameters, in a trace of ``count`` events."""
    found: dict[str, list[Value]] = {}
    for value in trace.values:
        if value.kind is Kind.STATE:
            found.setdefault(value.name.rpartition(".")[0], []).append(value)
    return found


@kept_with_first(16)
def _nearby(trace: Trace, count: int, module: str) -> tuple[int, ...]:
    used = _used(trace, count)
    path = module.split("/") if module else []
    for depth in range(1, len(path) + 1):
        prefix = path[:depth]
        inside = (ids for name, ids in used.items() if name.split("/")[:depth] == prefix)
        found = sorted(set().union(*inside))
        if len(found) <= MOST_VALUES:
            return tuple(found)
    return tuple(sorted(used.get(module, ()))[:MOST_VALUES])


@kept_with_first(4)
def _used(trace: Trace, count: int) -> dict[str, set[int]]:
    """For each module, the values that its operations take and make."""
    found: dict[str, set[int]] = {}
    for event in trace.events[:count]:
        found.setdefault(event.module, set()).update((*event.inputs, event.output))
    return found

"""The moments of a loop over time: what each of its lines made again and again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tuiexplain.trace.event import Event, Phase
from tuiexplain.trace.kept import kept_with_first
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind, Value

NUMBERED = re.compile(r"(.*?)(\d+)")
LEAST = 2


class Series(NamedTuple):
    """What one line assigned at each moment: ``h1``, ``h2``, ``h3``."""

    name: str
    values: tuple[Value, ...]


class Shared(NamedTuple):
    """A parameter that every moment uses, and each moment's part of its gradient."""

    parameter: Value
    parts: tuple[Value | None, ...]


class Moments(NamedTuple):
    """The loop over time of a trace; without series where there is none."""

    length: int
    labels: tuple[str, ...]
    """What the data calls the moments; empty if it does not."""
    states: tuple[Series, ...]
    """What one moment hands on to the next."""
    gates: tuple[Series, ...]
    """What comes out of a sigmoid: how far a gate is open."""
    shared: tuple[Shared, ...]
    """The weights of what was handed on."""
    of: dict[int, int]
    """For each forward event of the loop its moment, from 0."""

    def at(self, trace: Trace, event: Event | None) -> int | None:
        """The moment that an event belongs to, or answers."""
        if event is None:
            return None
        if event.phase is Phase.FORWARD:
            return self.of.get(event.index)
        return None if event.answers is None else self.of.get(event.answers)


@kept_with_first(8)
def moments(trace: Trace, count: int) -> Moments:
    """The loop over time in a trace of ``count`` events."""
    events = trace.events[:count]
    found = _series(trace, events)
    length = max((len(series.values) for series in found), default=0)
    found = [series for series in found if len(series.values) == length]
    of = {
        value.producer: t
        for series in found
        for t, value in enumerate(series.values)
        if value.producer is not None
    }
    # What goes in at a moment and out at the next is carried over.
    carried = {
        i
        for event in events
        if event.phase is Phase.FORWARD and (t := of.get(event.index))
        for i in event.inputs
        if of.get(_producer(trace, i)) == t - 1
    }
    states = [s for s in found if any(v.id in carried for v in s.values)]
    gates = [s for s in found if _op(trace, s.values[0]) == "sigmoid"]
    shared = _shared(trace, events, of, states, length)
    labels = _labels(trace, found, length)
    return Moments(length, labels, tuple(states), tuple(gates), shared, of)


def _producer(trace: Trace, value: int) -> int:
    producer = trace.values[value].producer
    return -1 if producer is None else producer


def _op(trace: Trace, value: Value) -> str:
    return "" if value.producer is None else trace.events[value.producer].op


def _series(trace: Trace, events: Sequence[Event]) -> list[Series]:
    """Numbered names that one line of one module gave, from 1 on."""
    lines: dict[tuple[object, ...], list[Value]] = {}
    for event in events:
        value = trace.values[event.output]
        name = NUMBERED.fullmatch(value.name)
        if event.phase is Phase.FORWARD and event.site is not None and name is not None:
            lines.setdefault((name[1], event.module, event.site), []).append(value)
    found = []
    for line, values in lines.items():
        variable = str(line[0])
        numbers = [value.name.removeprefix(variable) for value in values]
        if len(values) >= LEAST and numbers == [str(t + 1) for t in range(len(values))]:
            found.append(Series(variable, tuple(values)))
    return found


def _shared(
    trace: Trace, events: Sequence[Event], of: dict[int, int], states: list[Series], length: int
) -> tuple[Shared, ...]:
    """The weights that meet, at each moment, what the moment before has handed on."""
    handed_on: list[set[int]] = [set() for _ in range(length)]
    for series in states:
        handed_on[0] |= {value.id for value in trace.values if value.name == f"{series.name}0"}
        for t, value in enumerate(series.values[:-1]):
            handed_on[t + 1].add(value.id)
    parts: dict[int, list[Value | None]] = {}
    for event in events:
        states_in = handed_on[of[event.index]] & set(event.inputs) if event.index in of else set()
        if states_in:
            weights = [
                i for i in event.inputs if i not in states_in and _is_weight(trace.values[i])
            ]
            for i in weights[:1]:
                parts.setdefault(i, [None] * length)
    for event in events:
        value = trace.values[event.output]
        at = None if event.answers is None else of.get(event.answers)
        if at is not None and value.of in parts:
            parts[value.of][at] = value
    return tuple(Shared(trace.values[i], tuple(found)) for i, found in parts.items())


def _is_weight(value: Value) -> bool:
    return value.kind is Kind.PARAMETER and value.producer is None


def _labels(trace: Trace, found: list[Series], length: int) -> tuple[str, ...]:
    """The labels of what the moments pick from the data, one after the other."""
    for series in found:
        if _op(trace, series.values[0]) == "index":
            event = trace.events[_producer(trace, series.values[0].id)]
            labels = trace.values[event.inputs[0]].labels
            if labels and labels[0] is not None and len(labels[0]) == length:
                return tuple(labels[0])
    return ()

"""Where two runs part: the first step, the first event in it, and the first cell that differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tuiexplain.play.layout import COUNT
from tuiexplain.trace.event import Event
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.run import Run, State
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Value


class Place(NamedTuple):
    """The first cell of a value in which two runs differ at ``step``.

    ``event`` is the operation that made it; ``None`` where the step began with it. Where a value
    has another shape in the other run, or is missing there, there is neither ``cell`` nor
    ``numbers``.
    """

    step: int
    name: str
    event: Event | None
    cell: Cell | None = None
    numbers: tuple[float, float] | None = None


def first_difference(one: Run, other: Run) -> Place | None:
    """Where ``other`` first differs from ``one``, among the steps that both have taken.

    ``None``: nowhere. Not a bit is allowed for rounding: what is computed alike is equal.
    """
    step = first_step(one, other)
    return None if step is None else next(differences(one, other, step), None)


def differences(one: Run, other: Run, step: int) -> Iterator[Place]:
    """Every value that differs in ``step``, in the order of its making in ``one``."""
    a, b = one.trace_at(step), other.trace_at(step)
    theirs = dict(_named(b))
    for name, value in _named(a):
        there = theirs.get(name)
        event = None if value.producer is None else a.events[value.producer]
        if there is None or there.shape != value.shape:
            yield Place(step, value.name, event)
            continue
        ours, others = a.data(value), b.data(there)
        apart = np.argwhere((ours != others) & ~(np.isnan(ours) & np.isnan(others)))
        if len(apart):
            cell = tuple(int(place) for place in apart[0])
            numbers = float(ours[cell]), float(others[cell])
            yield Place(step, value.name, event, cell, numbers)


def _named(trace: Trace) -> Iterator[tuple[tuple[str, int], Value]]:
    """The values by name, and the how-manieth of that name they are."""
    seen: Counter[str] = Counter()
    for value in trace.values:
        yield (value.name, seen[value.name]), value
        seen[value.name] += 1


def first_step(one: Run, other: Run) -> int | None:
    """The first step that begins with other numbers in ``other``, or ends with other ones."""
    low = start = _shared(one, other)
    high = until = min(one.length, other.length)
    if start > until:
        return None
    while low < high:  # once apart, they stay apart: the first state that differs, by halves
        middle = (low + high) // 2
        if _apart(one.state_at(middle), other.state_at(middle)):
            high = middle
        else:
            low = middle + 1
    if not _apart(one.state_at(low), other.state_at(low)):
        return _first_loss(one, other, start, until)
    return low if low == start else low - 1


def _first_loss(one: Run, other: Run, start: int, until: int) -> int | None:
    """The first step with another loss, of runs whose numbers do not part."""
    steps = range(start, until)
    return next((k for k in steps if one.losses[k] != other.losses[k]), None)


def _apart(a: State, b: State) -> bool:
    """Whether what is learnt differs, or what both remember."""
    if {n for n in a if _learnt(n)} != {n for n in b if _learnt(n)}:
        return True
    return any(not np.array_equal(a[name], b[name], equal_nan=True) for name in a if name in b)


def _learnt(name: str) -> bool:
    return "." not in name and name != COUNT


def _shared(one: Run, other: Run) -> int:
    """Up to which step the two have one and the same past."""
    reached = {id(run): until for run, until in _ancestors(one)}
    found = (min(until, reached[id(run)]) for run, until in _ancestors(other) if id(run) in reached)
    return next(found, 0)


def _ancestors(run: Run) -> Iterator[tuple[Run, int]]:
    """A run and those that it goes on from, each with the step up to which its steps count."""
    until = run.length
    while True:
        yield run, until
        if run.parent is None:
            return
        until = min(until, run.start)
        run = run.parent

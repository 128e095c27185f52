"""Whether gradients are gradients, and whether every number's reason adds up to it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from tuiexplain.course.check.claims import walked
from tuiexplain.course.errors import LessonFault
from tuiexplain.course.lesson import Part
from tuiexplain.course.toml_lines import Lines
from tuiexplain.engine.state import quiet
from tuiexplain.trace import cells
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.event import Event, Phase
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Value
from tuiexplain.trace.why import reason

MOST_CELLS = 200
"""Cells of one value that are compared with differences; of a larger one, so many spread evenly."""
MOST_DIFFERENCES, MOST_REASONS = 3_000, 6_000
"""Cells of a training step; of a larger network, fewer of each of its large values."""

MOST_CAUSES = 3_000
"""Causes that the reasons of one value's cells may name: of longer sums, fewer cells are added."""

LEAST_REASONS = 8

RELATIVE = 1e-6
SHORTER = 32
WHY = 1e-9


def gradients(part: Part, lines: Lines, number: int) -> Iterator[LessonFault]:
    """Every gradient of the first training step against central differences."""
    file, line = part.lesson.folder / "lesson.toml", lines("part", number)
    trace = walked(part)[0]
    losses = [v.of for e in trace.events if e.op == "seed" for v in [trace.values[e.output]]]
    if not losses or None in losses:
        return
    learnt = [value for value in trace.values if trace.gradient(value) is not None]
    most = min(MOST_CELLS, of_each(learnt, MOST_DIFFERENCES))
    for value in learnt:
        gradient = trace.gradient(value)
        assert gradient is not None
        slope = _Slope(trace, value, [i for i in losses if i is not None])
        found = trace.data(gradient)
        for cell in spread(value.shape, most):
            if not slope.agrees(cell, float(found[cell])):
                address = cells.write(gradient.name, cell)
                message = f"part '{part.id}': {address} is {float(found[cell])!r}, "
                message += f"central differences say {slope.central(cell)!r}"
                yield LessonFault(file, line, message, "is something cut off or counted twice?")
                break


class _Slope:
    """How the losses of a trace change with the cells of one value, measured."""

    def __init__(self, trace: Trace, value: Value, losses: Sequence[int]) -> None:
        self.trace, self.value, self.losses = trace, value, losses
        moved = {value.id}
        self.events: list[Event] = []
        for event in trace.events:
            # An event that recomputes the value itself, in an earlier place, comes before it.
            if event.phase is Phase.FORWARD and moved.intersection(event.inputs):
                moved.add(event.output)
                self.events.append(event)
        self.here = sum(float(trace.data(i)) for i in losses)

    def loss(self, cell: tuple[int, ...], delta: float) -> float:
        arrays = list(self.trace.content.arrays)
        changed = np.array(arrays[self.value.id], dtype=float)
        changed[cell] += delta
        arrays[self.value.id] = changed
        evaluate = self.trace.rulebook.evaluate
        with quiet():
            for event in self.events:
                arrays[event.output] = evaluate(event, [arrays[i] for i in event.inputs])
        return sum(float(arrays[i]) for i in self.losses)

    def step(self, cell: tuple[int, ...]) -> float:
        size = abs(float(self.trace.data(self.value)[cell]))
        return 6e-6 * (max(1.0, size) if math.isfinite(size) else 1.0)  # what a mask left at −∞

    def central(self, cell: tuple[int, ...]) -> float:
        h = self.step(cell)
        return (self.loss(cell, h) - self.loss(cell, -h)) / (2 * h)

    def agrees(self, cell: tuple[int, ...], gradient: float) -> bool:
        """Whether a gradient is the slope, measured with a step, or with one a good deal shorter.

        Where there are many ReLUs, some kink may lie within the first step.
        """
        h = self.step(cell)
        return self._agrees(cell, gradient, h) or self._agrees(cell, gradient, h / SHORTER)

    def _agrees(self, cell: tuple[int, ...], gradient: float, h: float) -> bool:
        above, below = self.loss(cell, h), self.loss(cell, -h)
        measured = (above - below) / (2 * h)
        if not math.isfinite(measured):
            return True
        noise = 16 * np.finfo(float).eps * max(abs(above), abs(below), abs(self.here)) / h
        allowed = RELATIVE * max(abs(measured), abs(gradient)) + noise
        if abs(measured - gradient) <= allowed:
            return True
        # At a kink (ReLU at 0) every slope between the two sides is a gradient.
        sides = sorted([(above - self.here) / h, (self.here - below) / h])
        kink = sides[1] - sides[0] > 1e-3 * max(abs(sides[0]), abs(sides[1]))
        return bool(kink and sides[0] - allowed <= gradient <= sides[1] + allowed)


def reasons(part: Part, lines: Lines, number: int) -> Iterator[LessonFault]:
    """Why adds up to the number, for the cells of every value of every step that is walked."""
    file, line = part.lesson.folder / "lesson.toml", lines("part", number)
    for step, trace in enumerate(walked(part)):
        most = of_each(trace.values, MOST_REASONS)
        for value in trace.values:
            if value.producer is None:
                continue
            fault = _first_unexplained(trace, value, most)
            if fault is not None:
                message = f"part '{part.id}', training step {step}: {fault}"
                yield LessonFault(file, line, message, "mend the operation's row")


def _first_unexplained(trace: Trace, value: Value, most: int) -> str | None:
    assert value.producer is not None
    event, data = trace.events[value.producer], trace.data(value)
    finite = np.abs(data[np.isfinite(data)]) if data.dtype.kind == "f" else np.abs(data)
    largest = float(finite.max()) if finite.size else 0.0
    try:
        first = trace.why(value, (0,) * len(value.shape)) if value.size else None
    except TraceError as error:
        return str(error)
    causes = 1 if first is None else len(first.causes) + first.left_out
    for cell in spread(value.shape, min(most, max(LEAST_REASONS, MOST_CAUSES // max(1, causes)))):
        try:
            total = float(reason(trace, event, cell).number)
        except TraceError as error:
            return str(error)
        number = float(data[cell])
        same = total == number  # also where both are infinite
        same |= abs(total - number) <= WHY * abs(number) + 1e-13 * largest
        if not same and not (math.isnan(total) and math.isnan(number)):
            address = cells.write(value.name, cell)
            return f"why {address} adds up to {total!r}, the cell is {number!r}"
    return None


def of_each(values: Sequence[Value], altogether: int) -> int:
    """How many cells of each value are looked at, so that it is ``altogether`` at most.

    Small values are looked at whole, and leave their share to the large ones.
    """
    sizes = sorted(value.size for value in values)
    for i, size in enumerate(sizes):
        share = altogether // (len(sizes) - i)
        if size > share:
            return max(1, share)
        altogether -= size
    return max(sizes, default=1)


def spread(shape: tuple[int, ...], most: int) -> Iterator[tuple[int, ...]]:
    """Every cell of an array, or ``most`` of them at even distances."""
    size = math.prod(shape)
    for flat in np.unique(np.linspace(0, size - 1, min(size, most)).astype(int)):
        yield tuple(int(i) for i in np.unravel_index(flat, shape)) if shape else ()

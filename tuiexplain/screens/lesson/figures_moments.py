"""Pictures of a loop over time: what is carried on, how far gates are open, what blame comes back."""

from __future__ import annotations

import numpy as np

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.moments import Moments, Series, Shared
from tuiexplain.trace.moments import moments as moments_of
from tuiexplain.trace.value import Value
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture
from tuiexplain.views.unrolled import Row, Shown, Unrolled
from tuiexplain.views.unrolled import unrolled as draw


def unrolled(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """What each moment hands on, the blame that comes back to it, and its part of shared weights'."""
    found = _moments(desk)
    rows = _carried(desk, found)
    rows += [_parts(desk, shared) for shared in found.shared]
    return _draw(desk, found, rows, width, height, look)


def valves(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """How far each gate is open at each moment, what is carried on, and the blame for that."""
    found = _moments(desk)
    rows = [_values(desk, series, Shown.GATE) for series in found.gates]
    rows += _carried(desk, found)
    return _draw(desk, found, rows, width, height, look)


def _moments(desk: Desk) -> Moments:
    return moments_of(desk.trace, len(desk.trace.events))


def _draw(
    desk: Desk, found: Moments, rows: list[Row], width: int, height: int, look: Look
) -> Picture:
    labels = found.labels or tuple(str(t + 1) for t in range(found.length))
    running = found.at(desk.trace, desk.session.bench.player.event)
    lines = sum(row.values.shape[1] for row in rows) + 1
    return draw(Unrolled(labels, rows, running), width, min(height, lines), look)


def _carried(desk: Desk, found: Moments) -> list[Row]:
    """What one moment hands on to the next, each with its gradient."""
    rows = []
    for series in found.states:
        rows += [_values(desk, series, Shown.STATE), _gradients(desk, series)]
    return rows


def _values(desk: Desk, series: Series, kind: Shown) -> Row:
    exists = desk.session.bench.player.exists
    known = [exists(value) for value in series.values]
    return Row(series.name, np.array([_units(desk, v) for v in series.values]), known, kind)


def _gradients(desk: Desk, series: Series) -> Row:
    found = [desk.trace.gradient(value) for value in series.values]
    lengths, known = _lengths(desk, found)
    symbol = f"∂L/∂{series.name}"
    return Row(symbol, lengths, known, Shown.GRADIENT)


def _parts(desk: Desk, shared: Shared) -> Row:
    lengths, known = _lengths(desk, list(shared.parts))
    whole = desk.trace.gradient(shared.parameter)
    there = whole is not None and desk.session.bench.player.exists(whole)
    total = _length(desk, whole) if there and whole is not None else None
    return Row(f"∂L/∂{shared.parameter.name}", lengths, known, Shown.PART, total)


def _lengths(desk: Desk, values: list[Value | None]) -> tuple[np.ndarray, list[bool]]:
    exists = desk.session.bench.player.exists
    known = [value is not None and exists(value) for value in values]
    lengths = [0.0 if value is None else _length(desk, value) for value in values]
    return np.array(lengths)[:, None], known


def _length(desk: Desk, value: Value) -> float:
    """A number as it is, of more numbers their length."""
    numbers = desk.trace.data(value).reshape(-1)
    return float(numbers[0]) if numbers.size == 1 else float(np.sqrt(np.square(numbers).sum()))


def _units(desk: Desk, value: Value) -> np.ndarray:
    """The numbers of one example: where there are several, the cursor's, or the first."""
    numbers = np.asarray(desk.trace.data(value), dtype=float)
    chosen = desk.cell if desk.selected.shape == value.shape else ()
    for axis in range(numbers.ndim - 1):
        numbers = numbers[chosen[axis] if chosen else 0]
    return np.atleast_1d(numbers)

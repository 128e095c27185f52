"""Pictures of one neuron: its sigmoid with z on it, and its gradients beside measured slopes."""

from __future__ import annotations

import math

import numpy as np

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace import cells
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.numbers import format_number
from tuiexplain.trace.slope import measured_slope
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Value
from tuiexplain.views.function_curve import FunctionCurve, function_curve
from tuiexplain.views.look import Look
from tuiexplain.views.number_rows import NumberRows, number_rows
from tuiexplain.views.picture import Picture

LEAST_REACH = 6.0
"""How far the curve is drawn to both sides of zero, at least."""


def sigmoid(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The first sigmoid of the step as a curve, z on it, and the slope once it is worked out."""
    trace, exists = desk.trace, desk.session.bench.player.exists
    event = next(e for e in trace.events if e.op == "sigmoid")
    z, a = trace.values[event.inputs[0]], trace.values[event.output]
    at = float(trace.data(z).reshape(-1)[0])
    reach = max(LEAST_REACH, 1.1 * abs(at)) if exists(z) and math.isfinite(at) else LEAST_REACH
    slope, note = None, ""
    gradient = trace.gradient(z)
    if gradient is not None and exists(gradient):
        slope = float(trace.data(gradient).reshape(-1)[0])
        note = f"{trace.symbol(gradient)} = {format_number(slope)}"
    spec = FunctionCurve(
        lambda x: 1 / (1 + np.exp(-x)),
        (-reach, reach),
        (0.0, 1.0),
        at=at if exists(z) else None,
        point=exists(a),
        slope=slope,
        x_label=z.name,
        y_label=a.name,
        note=note,
    )
    return function_curve(spec, width, height, look)


def slopes(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """Every leaf's gradient, and beside it the slope measured in its place."""
    names, table = slope_table(desk)
    return number_rows(NumberRows(names, table.tolist()), width, min(height, len(names)), look)


def slope_table(desk: Desk) -> tuple[list[str], np.ndarray]:
    """The leaves' cells by name, and rows of (gradient, measured slope); NaN: not there yet.

    The measured ones are the value ``slopes`` where the lesson measures them itself (its rows are
    the leaves' cells); else they are measured here, each as soon as its gradient is worked out.
    """
    trace, exists = desk.trace, desk.session.bench.player.exists
    result = trace.values[next(e for e in trace.events if e.op == "seed").output].of
    assert result is not None
    measured = next((v for v in trace.values if v.name == "slopes"), None)
    names: list[str] = []
    rows: list[tuple[float, float]] = []
    for leaf, cell in _leaf_cells(trace):
        gradient = trace.gradient(leaf)
        assert gradient is not None
        found = calculated = math.nan
        if exists(gradient):
            calculated = trace.cell(gradient, cell)
            if measured is None and not _held(trace):
                found = measured_slope(trace, leaf, cell, trace.values[result])
        names.append(_label(leaf, cell))
        rows.append((calculated, found))
    table = np.array(rows, dtype=float).reshape(-1, 2)
    if measured is not None:
        if measured.labels and measured.labels[0]:
            names = list(measured.labels[0])
        if exists(measured):
            table[:, 1] = trace.data(measured).reshape(-1)
    return names, table


def _leaf_cells(trace: Trace) -> list[tuple[Value, Cell]]:
    """Every cell of what the step starts from and has a gradient for, in the order of use."""
    leaves = [v for v in trace.values if v.producer is None and trace.gradient(v) is not None]
    return [(leaf, cell) for leaf in leaves for cell in np.ndindex(*leaf.shape)]


def _held(trace: Trace) -> bool:
    """Whether a number on the way forward was set by hand: no nudge comes through then."""
    edited = [trace.values[value] for value, _ in trace.edits]
    return any(value.producer is not None and value.of is None for value in edited)


def _label(value: Value, cell: Cell) -> str:
    """``w2`` where the positions along the only axis have names, else the address."""
    if len(cell) == 1 and value.labels and value.labels[0]:
        return f"{value.name}{value.labels[0][cell[0]]}"
    return cells.write(value.name, cell)

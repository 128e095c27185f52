"""What must hold of any trace that the engine recorded."""

from __future__ import annotations

import numpy as np

from tuiexplain.trace import Trace
from tuiexplain.trace.why import why

ACCURACY = 1e-9


def assert_explained(trace: Trace) -> None:
    """Every cell that an event made equals its explanation; every event replays to its bits."""
    for event in trace.events:
        output = trace.values[event.output]
        array = trace.data(output)
        inputs = [trace.data(i) for i in event.inputs]
        again = trace.rulebook.evaluate(event, inputs)
        assert np.array_equal(again, array, equal_nan=True), (event, again, array)
        assert again.shape == array.shape
        formula = trace.formula(event)
        assert formula.startswith(trace.symbol(output) + " = "), formula
        assert "{" not in formula.replace("{}", ""), formula
        scale = np.max(np.abs(array[np.isfinite(array)]), initial=0.0)
        for cell in np.ndindex(array.shape):
            assert_cell_explained(trace, event.output, cell, float(scale))
        assert len(output.axes) == len(output.shape)


def assert_cell_explained(trace: Trace, value: int, cell: tuple[int, ...], scale: float) -> None:
    found = why(trace, trace.values[value], cell)
    number = float(trace.data(value)[cell])
    where = (found.address, found.event, found.with_numbers)
    if np.isfinite(number):
        assert abs(found.total - number) <= ACCURACY * max(abs(number), 1e-3 * scale, 1e-6), where
    else:
        assert np.array_equal(found.total, number, equal_nan=True), where
    assert found.with_names
    assert found.with_numbers
    for cause in found.causes:
        assert np.array_equal(cause.number, trace.cell(cause.value, cause.cell), equal_nan=True)

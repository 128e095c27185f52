"""Every number that the engine computes can say where it comes from."""

from __future__ import annotations

import pytest

from tests.engine.both import weights
from tests.engine.cases import CASES, Case
from tests.engine.explained import assert_explained
from tuiexplain import engine
from tuiexplain.trace import record


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_every_cell_of_every_row_is_explained(case: Case) -> None:
    leaves = [engine.tensor(x, requires_grad=True) for x in case.inputs]
    fixed = [engine.tensor(x) for x in case.fixed]
    with record() as trace:
        output = case.fn(engine, engine.functional, *leaves, *fixed)
        output.backward(engine.tensor(weights(output.shape)))
    assert_explained(trace)
    assert any(value.of is not None for value in trace.values)

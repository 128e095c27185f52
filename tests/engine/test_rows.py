"""Every row of the table, for shapes and options, against PyTorch and central differences."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.both import assert_close, in_engine, in_torch
from tests.engine.cases import CASES, Case
from tuiexplain import engine

each_case = pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)


@each_case
def test_output_and_gradients_are_those_of_torch(case: Case) -> None:
    ours, theirs = in_engine(case), in_torch(case)
    assert_close(ours.output, theirs.output)
    for mine, reference in zip(ours.gradients, theirs.gradients, strict=True):
        assert_close(mine, reference)


@pytest.mark.parametrize("case", [c for c in CASES if c.smooth], ids=lambda c: c.name)
def test_gradients_are_slopes(case: Case) -> None:
    leaves = [engine.tensor(x, requires_grad=True) for x in case.inputs]
    fixed = [engine.tensor(x) for x in case.fixed]
    assert engine.gradcheck(
        lambda *inputs: case.fn(engine, engine.functional, *inputs, *fixed), leaves, atol=1e-6
    )
    for leaf, before in zip(leaves, case.inputs, strict=True):
        assert np.array_equal(leaf.data, before)
        assert leaf.grad is None

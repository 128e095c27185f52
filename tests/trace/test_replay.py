"""What if: everything downstream changes, and nothing else."""

import numpy as np
import pytest

import tuiexplain.engine.functional as F
from tuiexplain.engine import nn, optim, tensor
from tuiexplain.trace import Source, Trace, record
from tuiexplain.trace.replay import Edit, changed_cells, replay


def train(w: float) -> Trace:
    """One step of y = w x from ``w``, with another branch that ``w`` does not reach."""
    net = nn.Linear(1, 1, bias=False)
    net.load_state_dict({"weight": [[w]]})
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    x = tensor([[2.0], [-1.0]])
    t = tensor([[1.0], [3.0]])
    with record() as trace:
        apart = x * 3.0
        y = net(x)
        loss = F.mse_loss(y, t)
        loss.backward()
        optimizer.step()
    assert apart.shape == (2, 1)
    return trace


def test_an_edit_gives_what_the_code_would_have_given() -> None:
    before, expected = train(0.5), train(1.25)
    weight = before.value("weight")
    after = replay(before, [Edit(weight.id, (0, 0), 1.25)])
    for value in expected.values:
        assert np.array_equal(after.data(after.value(value.name)), expected.data(value)), value.name


def test_what_is_not_downstream_is_shared() -> None:
    before = train(0.5)
    after = replay(before, [Edit(before.value("weight").id, (0, 0), 9.0)])
    apart = before.value("apart")
    assert after.data(apart) is before.data(apart)
    assert changed_cells(before, after, apart) is None
    assert changed_cells(before, after, before.value("y")).all()


def test_a_computed_cell_may_be_set() -> None:
    before = train(0.5)
    y = before.value("y")
    after = replay(before, [Edit(y.id, (0, 0), 7.0)])
    assert after.cell(y, (0, 0)) == 7.0
    assert after.cell(y, (1, 0)) == before.cell(y, (1, 0))
    assert after.cell(after.value("loss"), ()) != before.cell(before.value("loss"), ())
    assert changed_cells(before, after, y).tolist() == [[True], [False]]
    assert after.why(y, (0, 0)).origin.source is Source.EDIT
    assert after.why(y, (1, 0)).origin is None


def test_reasons_hold_after_an_edit() -> None:
    before = train(0.5)
    after = replay(before, [Edit(before.value("x").id, (1, 0), 4.0)])
    for value in after.values:
        for cell in np.ndindex(value.shape):
            assert after.why(value, cell).total == pytest.approx(after.cell(value, cell), abs=1e-12)


def test_nothing_is_changed_in_place() -> None:
    before = train(0.5)
    numbers = [a.copy() for a in before.content.arrays]
    replay(before, [Edit(before.value("weight").id, (0, 0), np.nan)])
    assert all(np.array_equal(a, b) for a, b in zip(before.content.arrays, numbers, strict=True))

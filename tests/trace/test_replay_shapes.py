"""What if an edit makes arrays longer or shorter, or cannot be computed with."""

from __future__ import annotations

import pytest

from tests.engine.explained import assert_explained
from tuiexplain import engine
from tuiexplain.engine import functional as F
from tuiexplain.engine import tokens
from tuiexplain.trace import Trace, record
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.replay import Edit, changed_cells, replay


@pytest.fixture
def merged() -> Trace:
    vocabulary, ids = tokens.Vocabulary(), engine.tensor([1, 2, 1, 2, 1])
    with record() as trace:
        pairs = vocabulary.pairs(ids)
        counts = vocabulary.count(ids, pairs)
        pair = F.embedding(tokens.most(counts), pairs)
        vocabulary.merge_(ids, pair)
    assert trace.data(trace.value("ids'")).tolist() == [256, 256, 1]
    return trace


def test_arrays_may_become_longer(merged: Trace) -> None:
    ids = merged.value("ids")
    after = replay(merged, [Edit(ids.id, (2,), 7)])
    assert after.data(after.value("ids'")).tolist() == [256, 7, 2, 1]
    assert after.value("ids'").shape == (4,)
    assert after.value("pairs").shape == (4, 2)
    assert merged.value("ids'").shape == (3,)
    assert_explained(after)
    changed = changed_cells(merged, after, after.value("ids'"))
    assert changed is not None
    assert changed.shape == (4,)


def test_an_edit_of_a_cell_that_is_no_longer_there_is_left_out(merged: Trace) -> None:
    ids, shorter = merged.value("ids"), merged.value("ids'")
    both = [Edit(ids.id, (2,), 7), Edit(shorter.id, (2,), 9)]
    assert replay(merged, both).data(shorter.id).tolist() == [256, 7, 9, 1]
    fewer = [Edit(ids.id, (4,), 2), Edit(ids.id, (2,), 2), Edit(shorter.id, (9,), 9)]
    assert 9 not in replay(merged, fewer).data(shorter.id).tolist()


def test_numbers_that_an_operation_cannot_take_are_told_of() -> None:
    table, index = engine.tensor([[1.0], [2.0]]), engine.tensor([0, 1])
    with record() as trace:
        rows = F.embedding(index, table)
    assert rows.shape == (2, 1)
    with pytest.raises(TraceError, match="rows"):
        replay(trace, [Edit(trace.value("index").id, (0,), 5)])

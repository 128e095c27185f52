"""The checks of the other tests can fail: rows that are wrong on purpose are caught."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.both import assert_close
from tests.engine.explained import assert_explained
from tuiexplain import engine
from tuiexplain.engine.op import Op, Vjp
from tuiexplain.engine.ops import TABLE
from tuiexplain.engine.ops.contractions import LINEAR, linear, linear_by_input
from tuiexplain.engine.ops.families import Elementwise, Movement
from tuiexplain.trace import record
from tuiexplain.trace.expression import total


def wrong_why(cell: Any, x: Any, W: Any, b: Any = None) -> Any:
    *row, o = cell
    return total(x[*row, i] * W[o, i] for i in range(W.shape[1]))  # forgets the bias


def wrong_vjp_why(cell: Any, g: Any, W: Any) -> Any:
    *row, i = cell
    return total(g[*row, o] * W[o, i] for o in range(W.shape[0] - 1))  # forgets one output


WRONG_ROWS = {
    "forward": Op("linear", linear, formula="{x}·{W}ᵀ", vjps=LINEAR.vjps, why=wrong_why),
    "derivative": Op(
        "linear",
        linear,
        formula="{x}·{W}ᵀ",
        vjps={**LINEAR.vjps, "x": Vjp(linear_by_input, "{g}·{W}", wrong_vjp_why)},
        why=LINEAR.why,
    ),
    "formula": Op("linear", linear, formula="{x}·{V}", vjps=LINEAR.vjps, why=LINEAR.why),
    "bits": Op(
        "linear",
        lambda x, W, b: linear(x, W, b) + 1e-15,
        formula="{x}·{W}ᵀ",
        vjps=LINEAR.vjps,
        why=LINEAR.why,
    ),
}


@pytest.mark.parametrize("what", WRONG_ROWS)
def test_a_wrong_row_is_caught(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x = engine.tensor(np.random.default_rng(0).normal(size=(3, 2)), requires_grad=True)
    layer = engine.nn.Linear(2, 4)
    with record() as trace:
        layer(x).sum().backward()
    assert_explained(trace)
    monkeypatch.setitem(TABLE, "linear", WRONG_ROWS[what])
    with pytest.raises((AssertionError, KeyError)):
        assert_explained(trace)


def test_a_small_difference_is_caught() -> None:
    numbers = np.array([1.0, 2.0])
    assert_close(numbers, numbers * (1 + 1e-12))
    with pytest.raises(AssertionError):
        assert_close(numbers, numbers * (1 + 1e-8))
    with pytest.raises(AssertionError):
        assert_close(numbers, numbers[None])
    with pytest.raises(AssertionError):
        assert_close(None, numbers)


def test_every_row_is_complete() -> None:
    for name, row in TABLE.items():
        assert row.name == name
        assert row.formula
        derives_its_reasons = isinstance(row, Elementwise | Movement) or row.why
        assert derives_its_reasons or hasattr(row, "each"), name
        for slot, rule in row.rules.items():
            assert slot in row.slots, name
            assert rule.vjp.formula, name


def test_every_row_with_a_derivative_is_among_the_cases() -> None:
    from tests.engine.cases import CASES

    seen: set[str] = set()
    for case in CASES:
        leaves = [engine.tensor(x, requires_grad=True) for x in case.inputs]
        with record() as trace:
            fixed = (engine.tensor(x) for x in case.fixed)
            case.fn(engine, engine.functional, *leaves, *fixed).sum().backward()
        seen |= {e.op for e in trace.events if e.answers is not None}
    assert {name for name, row in TABLE.items() if row.vjps} - seen == {"dropout"}

"""Rows of the backward pass itself: where it starts, and where gradients meet."""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.engine.op import Op
from tuiexplain.engine.ops.families import Elementwise, same
from tuiexplain.trace.expression import Cell, Constant, Expr


def seed(*, shape: tuple[int, ...]) -> np.ndarray:
    """The gradient of the loss with respect to itself."""
    return np.ones(shape)


def why_seed(cell: Cell, *, shape: tuple[int, ...]) -> Expr:
    return Constant(1.0)


def accumulate(*parts: Any) -> Any:
    """A value that was used several times gets a gradient from each use: their sum."""
    result = parts[0]
    for part in parts[1:]:
        result = result + part
    return result


SEED = Op("seed", seed, formula="1", why=why_seed)
GIVEN = Elementwise("given", lambda gradient: same(gradient), formula="{gradient}")
ACCUMULATE = Elementwise("accumulate", accumulate, formula="{sum}")

ROWS = (SEED, GIVEN, ACCUMULATE)

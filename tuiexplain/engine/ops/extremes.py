"""Rows of max and min over axes.

Ties as in torch: over all cells they share the gradient, along an axis the first has it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.engine.op import Op, Vjp
from tuiexplain.engine.ops.reductions import (
    Dim,
    cell_before,
    cells_behind,
    reduced,
    reduced_axes,
    spread,
)
from tuiexplain.trace.expression import Call, Cell, Constant, Expr, Operand


def winners(x: Any, y: Any, dim: Dim, keepdim: bool) -> Any:
    """Where the extreme ``y`` stands in ``x``: each cell's share of it."""
    if dim is None:
        ties = np.equal(x, y) | (np.isnan(x) & np.isnan(y))
        return ties / max(1, np.count_nonzero(ties))
    best = spread(y, dim, keepdim, x.shape)
    ties = np.equal(x, best) | (np.isnan(x) & np.isnan(best))
    if not x.ndim:
        return np.ones(())
    axis = reduced(dim, x.ndim)[0]
    shares = np.zeros(x.shape)
    first = np.argmax(ties, axis=axis, keepdims=True)
    np.put_along_axis(shares, first, 1.0, axis=axis)
    return shares


def extreme_x(g: Any, x: Any, y: Any, *, dim: Dim, keepdim: bool) -> Any:
    return winners(x, y, dim, keepdim) * spread(g, dim, keepdim, x.shape)


def why_extreme_x(
    cell: Cell, g: Operand, x: Operand, y: Operand, *, dim: Dim, keepdim: bool
) -> Expr:
    out = cell_before(cell, dim, keepdim)
    rivals = list(cells_behind(out, x.shape, dim, keepdim))
    best = y[out].number
    ties = [c for c in rivals if x[c].number == best or np.isnan(x[c].number)]
    won: Any = np.equal(x[cell], y[out])  # type: ignore[call-overload]
    share: Expr = g[out] * won
    if dim is None:
        return share / Constant(len(ties))
    return share if cell == ties[0] or not won.number else share * Constant(0.0)


def extreme(name: str, ufunc: np.ufunc) -> Op:
    """The row of ``np.maximum`` or ``np.minimum`` along axes."""

    def forward(x: Any, *, dim: Dim, keepdim: bool) -> Any:
        return ufunc.reduce(x, axis=dim, keepdims=keepdim)

    def why(cell: Cell, x: Operand, *, dim: Dim, keepdim: bool) -> Expr:
        rivals = [x[c] for c in cells_behind(cell, x.shape, dim, keepdim)]
        return Call(name, rivals, lambda *numbers: ufunc.reduce(numbers))

    return Op(
        name,
        forward,
        formula=f"{name} {{x}}",
        vjps={"x": Vjp(extreme_x, "{g}·[{x} = {y}]", why_extreme_x)},
        why=why,
        axes=reduced_axes,
    )


MAX = extreme("max", np.maximum)
MIN = extreme("min", np.minimum)

ROWS = (MAX, MIN)

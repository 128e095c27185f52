"""Rows of max and min over axes. Ties as in torch: over all cells, or along an axis the first wins."""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.engine.op import Op, Vjp
from tuiexplain.engine.ops.reductions import (
    Dim,
    Shape,
    cell_before,
    cells_behind,
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
    first = np.argmax(ties, axis=dim)
    shares = np.zeros(x.shape)
    if x.ndim:
        np.put_along_axis(shares, np.expand_dims(first, dim), 1.0, axis=dim)
    else:
        shares[...] = 1.0
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
    won = np.equal(x[cell], y[out])
    if dim is None:
        return g[out] * won / Constant(len(ties))
    return g[out] * won if cell == ties[0] else g[out] * won * Constant(0.0)


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

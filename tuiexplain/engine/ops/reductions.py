"""Rows that add many numbers up: sum, mean, and the sum so far."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tuiexplain.engine.op import Attrs, Axes, Op, Vjp
from tuiexplain.trace.expression import Cell, Constant, Expr, Operand, total

Dim = int | tuple[int, ...] | None
Shape = tuple[int, ...]

add_reduce: Any = np.add.reduce  # whose types do not foresee a ``keepdims`` that is not literal


def reduced(dim: Dim, rank: int) -> tuple[int, ...]:
    """The axes that ``dim`` names, from 0; all where it names none."""
    if dim is None:
        return tuple(range(rank))
    dims = dim if isinstance(dim, tuple) else (dim,)
    return tuple(d % rank if rank else 0 for d in dims)


def spread(g: Any, dim: Dim, keepdim: bool, shape: Shape) -> Any:
    """``g`` with its reduced axes back, ready to broadcast to ``shape``."""
    if keepdim or not g.ndim:
        return g
    gone = reduced(dim, len(shape))
    return g.reshape([1 if i in gone else n for i, n in enumerate(shape)])


def repeated(g: Any, dim: Dim, keepdim: bool, shape: Shape) -> np.ndarray:
    """``g`` repeated along the reduced axes."""
    result = np.empty(shape)
    result[...] = spread(g, dim, keepdim, shape)
    return result


def cells_behind(cell: Cell, x_shape: Shape, dim: Dim, keepdim: bool) -> list[Cell]:
    """The input cells that were reduced to ``cell``."""
    gone = reduced(dim, len(x_shape))
    kept = iter(c for i, c in enumerate(cell) if not (keepdim and i in gone))
    ranges = [range(n) if i in gone else (next(kept),) for i, n in enumerate(x_shape)]
    grids: list[Cell] = [()]
    for r in ranges:
        grids = [(*g, i) for g in grids for i in r]
    return grids


def cell_before(cell: Cell, dim: Dim, keepdim: bool) -> Cell:
    """The output cell that input ``cell`` was reduced to."""
    gone = reduced(dim, len(cell))
    if keepdim:
        return tuple(0 if i in gone else c for i, c in enumerate(cell))
    return tuple(c for i, c in enumerate(cell) if i not in gone)


def count(x_shape: Shape, dim: Dim) -> int:
    """How many cells become one."""
    return math.prod(x_shape[i] for i in reduced(dim, len(x_shape)))


def reduced_axes(x: Axes, *, dim: Dim, keepdim: bool) -> Axes:
    gone = reduced(dim, len(x))
    return tuple(n for i, n in enumerate(x) if keepdim or i not in gone)


def sum_(x: Any, *, dim: Dim, keepdim: bool) -> Any:
    return add_reduce(x, axis=dim, keepdims=keepdim)


def sum_x(g: Any, *, dim: Dim, keepdim: bool, x_shape: Shape) -> Any:
    return repeated(g, dim, keepdim, x_shape)


def why_sum(cell: Cell, x: Operand, *, dim: Dim, keepdim: bool) -> Expr:
    return total(x[c] for c in cells_behind(cell, x.shape, dim, keepdim))


def why_sum_x(cell: Cell, g: Operand, *, dim: Dim, keepdim: bool, x_shape: Shape) -> Expr:
    return g[cell_before(cell, dim, keepdim)]


SUM = Op(
    "sum",
    sum_,
    formula="Σ {x}",
    vjps={"x": Vjp(sum_x, "{g}", why_sum_x)},
    why=why_sum,
    axes=reduced_axes,
)


def mean(x: Any, *, dim: Dim, keepdim: bool) -> Any:
    return add_reduce(x, axis=dim, keepdims=keepdim) / count(x.shape, dim)


def mean_x(g: Any, *, dim: Dim, keepdim: bool, x_shape: Shape) -> Any:
    return repeated(g / count(x_shape, dim), dim, keepdim, x_shape)


def why_mean(cell: Cell, x: Operand, *, dim: Dim, keepdim: bool) -> Expr:
    return why_sum(cell, x, dim=dim, keepdim=keepdim) / Constant(count(x.shape, dim))


def why_mean_x(cell: Cell, g: Operand, *, dim: Dim, keepdim: bool, x_shape: Shape) -> Expr:
    upstream = why_sum_x(cell, g, dim=dim, keepdim=keepdim, x_shape=x_shape)
    return upstream / Constant(count(x_shape, dim))


def mean_formula(attrs: Attrs) -> str:
    return f"{{g}} / {count(attrs['x_shape'], attrs['dim'])}"


MEAN = Op(
    "mean",
    mean,
    formula="mean {x}",
    vjps={"x": Vjp(mean_x, mean_formula, why_mean_x)},
    why=why_mean,
    axes=reduced_axes,
)


def cumsum(x: Any, *, dim: int) -> Any:
    return np.cumsum(x, axis=dim) if x.ndim else np.asarray(x + 0.0)


def cumsum_x(g: Any, *, dim: int) -> Any:
    """Each cell is in its own sum and in all that follow it."""
    return np.flip(np.cumsum(np.flip(g, dim), axis=dim), dim) if g.ndim else g


def along(x: Operand, cell: Cell, dim: int, places: range) -> Expr:
    """The sum over some places along ``dim`` of the line through ``cell``."""
    return total(x[*cell[:dim], i, *cell[dim + 1 :]] for i in places)


def why_cumsum(cell: Cell, x: Operand, *, dim: int) -> Expr:
    return along(x, cell, dim, range(cell[dim] + 1)) if cell else x[()]


def why_cumsum_x(cell: Cell, g: Operand, *, dim: int) -> Expr:
    return along(g, cell, dim, range(cell[dim], g.shape[dim])) if cell else g[()]


CUMSUM = Op(
    "cumsum",
    cumsum,
    formula="cumsum({x})",
    vjps={"x": Vjp(cumsum_x, "flip(cumsum(flip({g})))", why_cumsum_x)},
    why=why_cumsum,
    axes=lambda x, *, dim: x,
)

ROWS = (SUM, MEAN, CUMSUM)

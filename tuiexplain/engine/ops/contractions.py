"""Rows that sum products: matrix multiplication and the linear layer."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from tuiexplain.engine.op import Axes, Op, Vjp
from tuiexplain.engine.ops.families import aligned, merged, repeats
from tuiexplain.trace.expression import Cell, Expr, Operand, total

Shape = tuple[int, ...]

# -- linear --------------------------------------------------------------------------------------


# The network's hot path. For matrices ``dot`` is the same product as ``@`` at half the cost of the
# call, and a row of ones times a matrix sums its rows faster than ``sum`` does.


def linear(x: Any, W: Any, b: Any = None) -> Any:
    """x·Wᵀ + b: ``x`` (…, in), ``W`` (out, in), ``b`` (out) → (…, out)."""
    if W.ndim != 2 or (b is not None and b.ndim != 1):
        raise ValueError("the weights are not a matrix, or the biases not a vector")
    z = x.dot(W.T) if x.ndim == 2 else x @ W.T
    if b is not None:
        z += b
    return z


def rows(x: Any) -> Any:
    """The leading axes as one."""
    return x if x.ndim == 2 else x.reshape(-1, x.shape[-1])


@lru_cache(maxsize=64)
def ones(n: int) -> np.ndarray:
    return np.ones(n)


def linear_by_weight(g: Any, x: Any) -> Any:
    return rows(g).T.dot(rows(x))


def linear_by_bias(g: Any) -> Any:
    g = rows(g)
    return ones(len(g)).dot(g)


def linear_by_input(g: Any, W: Any) -> Any:
    return g.dot(W) if g.ndim == 2 else g @ W


def why_linear(cell: Cell, x: Operand, W: Operand, b: Operand | None = None) -> Expr:
    *row, o = cell
    terms: list[Expr] = [x[*row, i] * W[o, i] for i in range(W.shape[1])]
    return total([*terms, b[o]] if b is not None else terms)


def why_linear_by_input(cell: Cell, g: Operand, W: Operand) -> Expr:
    *row, i = cell
    return total(g[*row, o] * W[o, i] for o in range(W.shape[0]))


def why_linear_by_weight(cell: Cell, g: Operand, x: Operand) -> Expr:
    o, i = cell
    return total(g[*row, o] * x[*row, i] for row in np.ndindex(g.shape[:-1]))


def why_linear_by_bias(cell: Cell, g: Operand) -> Expr:
    return total(g[*row, cell[0]] for row in np.ndindex(g.shape[:-1]))


def linear_axes(x: Axes, W: Axes, b: Axes = ()) -> Axes:
    return (*x[:-1], W[0] or (b[0] if b else ""))


def linear_mismatch(x: Any, W: Any, b: Any = None) -> str:
    if W.ndim != 2:
        return f"W has shape {W.shape}; it must have two axes (out, in)."
    if not x.ndim:
        return "x is one number; it needs an axis of features."
    if x.shape[-1] != W.shape[1]:
        return f"x has {x.shape[-1]} features, W takes {W.shape[1]}."
    return f"b has shape {np.shape(b)}, W gives {W.shape[0]} outputs."


LINEAR = Op(
    "linear",
    linear,
    formula=lambda attrs: "{x}·{W}ᵀ + {b}" if attrs["inputs"] == 3 else "{x}·{W}ᵀ",
    vjps={
        "W": Vjp(linear_by_weight, "{g}ᵀ·{x}", why_linear_by_weight),
        "b": Vjp(linear_by_bias, "Σ {g}", why_linear_by_bias),
        "x": Vjp(linear_by_input, "{g}·{W}", why_linear_by_input),
    },
    why=why_linear,
    axes=linear_axes,
    mismatch=linear_mismatch,
)

# -- matmul --------------------------------------------------------------------------------------


def turned(x: Any) -> Any:
    """The last two axes exchanged."""
    return x.swapaxes(-1, -2)


def matmul_by_left(g: Any, b: Any, *, a_shape: Shape) -> Any:
    """g·bᵀ; vectors count as one row on the left and as one column on the right."""
    if b.ndim == 1:
        return g[..., None] * b
    rows = g[..., None, :] if len(a_shape) == 1 else g
    result = np.matmul(rows, turned(b))
    return result[..., 0, :] if len(a_shape) == 1 else result


def matmul_by_right(g: Any, a: Any, *, b_shape: Shape) -> Any:
    """aᵀ·g."""
    if a.ndim == 1:
        return a[:, None] * g[..., None, :] if len(b_shape) > 1 else a * g
    columns = g[..., None] if len(b_shape) == 1 else g
    result = np.matmul(turned(a), columns)
    return result[..., 0] if len(b_shape) == 1 else result


def row_of(a: Operand, batch: Cell, i: Cell) -> list[Expr]:
    """A row of the left factor: cells (…, i, k) for each k. A vector is its own row."""
    lead = aligned(batch, a.shape[:-2])
    return [a[*lead, *i, k] for k in range(a.shape[-1])]


def column_of(b: Operand, batch: Cell, j: Cell) -> list[Expr]:
    """A column of the right factor: cells (…, k, j) for each k."""
    lead = aligned(batch, b.shape[:-2])
    length = b.shape[-2] if len(b.shape) > 1 else b.shape[0]
    return [b[*lead, k, *j] for k in range(length)]


def parts_of(cell: Cell, a_shape: Shape, b_shape: Shape) -> tuple[Cell, Cell, Cell]:
    """A cell of a product as (batch, row, column); a vector gives no row, or no column."""
    rows, columns = int(len(a_shape) > 1), int(len(b_shape) > 1)
    batch = len(cell) - rows - columns
    return cell[:batch], cell[batch : batch + rows], cell[batch + rows :]


def batches(a_shape: Shape, b_shape: Shape) -> Shape:
    return np.broadcast_shapes(a_shape[:-2], b_shape[:-2])


def why_matmul(cell: Cell, a: Operand, b: Operand) -> Expr:
    batch, i, j = parts_of(cell, a.shape, b.shape)
    pairs = zip(row_of(a, batch, i), column_of(b, batch, j), strict=True)
    return total(x * y for x, y in pairs)


def why_matmul_by_left(
    cell: Cell, g: Operand, b: Operand, *, a_shape: Shape, sum_to: Shape | None = None
) -> Expr:
    lead, (*i, k) = cell[: len(a_shape[:-2])], cell[len(a_shape[:-2]) :]
    columns: list[Cell] = [(j,) for j in range(b.shape[-1])] if len(b.shape) > 1 else [()]
    terms = []
    for batch in repeats(lead, a_shape[:-2], batches(a_shape, b.shape)):
        at = aligned(batch, b.shape[:-2])
        terms += [g[*batch, *i, *j] * b[*at, k, *j] for j in columns]
    return total(terms)


def why_matmul_by_right(
    cell: Cell, g: Operand, a: Operand, *, b_shape: Shape, sum_to: Shape | None = None
) -> Expr:
    lead, (k, *j) = cell[: len(b_shape[:-2])], cell[len(b_shape[:-2]) :]
    rows: list[Cell] = [(i,) for i in range(a.shape[-2])] if len(a.shape) > 1 else [()]
    terms = []
    for batch in repeats(lead, b_shape[:-2], batches(a.shape, b_shape)):
        at = aligned(batch, a.shape[:-2])
        terms += [g[*batch, *i, *j] * a[*at, *i, k] for i in rows]
    return total(terms)


def matmul_axes(a: Axes, b: Axes) -> Axes:
    lead = merged([a[:-2], b[:-2]])
    return (*lead, *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))


def matmul_mismatch(a: Any, b: Any) -> str:
    a, b = np.shape(a), np.shape(b)
    if not a or not b:
        return f"shapes {a} and {b}: a single number has no rows or columns; use *."
    inner = b[-2] if len(b) > 1 else b[0]
    if a[-1] != inner:
        return f"shapes {a} and {b} do not fit: {a[-1]} columns against {inner} rows."
    return f"shapes {a} and {b} do not fit: the leading axes differ."


MATMUL = Op(
    "matmul",
    lambda a, b: np.matmul(a, b),
    formula="{a}·{b}",
    vjps={
        "a": Vjp(matmul_by_left, "{g}·{b}ᵀ", why_matmul_by_left),
        "b": Vjp(matmul_by_right, "{a}ᵀ·{g}", why_matmul_by_right),
    },
    why=why_matmul,
    axes=matmul_axes,
    mismatch=matmul_mismatch,
    broadcasts=True,
)

ROWS = (LINEAR, MATMUL)

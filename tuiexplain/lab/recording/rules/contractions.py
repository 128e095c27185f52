"""Rows of matrix products: each cell is a row times a column, summed."""

from __future__ import annotations

from typing import Any

from tuiexplain.engine.ops.families import at
from tuiexplain.lab.recording.rules.arithmetic import scaled
from tuiexplain.lab.recording.rules.row import Attrs, Axes, Row
from tuiexplain.trace.expression import Cell, Expr, Operand, total


def inner(a: Operand, b: Operand, row: Cell, column: Cell) -> Expr:
    """Σ over k of a[row, k]·b[.., k, ..]; the last of ``column`` counts columns."""
    return total(a[*row, k] * b[*column[:-1], k, column[-1]] for k in range(a.shape[-1]))


def why_mm(cell: Cell, x: Operand, mat2: Operand) -> Expr:
    return inner(x, mat2, cell[:1], cell[1:])


def why_bmm(cell: Cell, x: Operand, mat2: Operand) -> Expr:
    batch, i, j = cell
    return inner(x, mat2, (batch, i), (batch, j))


def why_mv(cell: Cell, x: Operand, vec: Operand) -> Expr:
    return total(x[*cell, k] * vec[k] for k in range(x.shape[-1]))


def why_dot(cell: Cell, x: Operand, tensor: Operand) -> Expr:
    return total(x[k] * tensor[k] for k in range(x.shape[0]))


def plus(x: Any, cell: Cell, product: Expr, beta: Any, alpha: Any) -> Expr:
    """α·product + β·x; with β = 0, x does not count, even if it is no number."""
    if beta == 0:
        return scaled(alpha, product)
    return total([scaled(alpha, product), scaled(beta, at(x, cell))])


def why_addmm(
    cell: Cell, x: Any, mat1: Operand, mat2: Operand, *, beta: Any = 1, alpha: Any = 1
) -> Expr:
    return plus(x, cell, why_mm(cell, mat1, mat2), beta, alpha)


def why_baddbmm(
    cell: Cell, x: Any, batch1: Operand, batch2: Operand, *, beta: Any = 1, alpha: Any = 1
) -> Expr:
    return plus(x, cell, why_bmm(cell, batch1, batch2), beta, alpha)


def why_addmv(
    cell: Cell, x: Any, mat: Operand, vec: Operand, *, beta: Any = 1, alpha: Any = 1
) -> Expr:
    return plus(x, cell, why_mv(cell, mat, vec), beta, alpha)


def why_linear(cell: Cell, input: Operand, weight: Operand, bias: Any) -> Expr:
    *row, o = cell
    terms: list[Expr] = [input[*row, i] * weight[o, i] for i in range(weight.shape[1])]
    return total([*terms, bias[o]] if bias is not None else terms)


def with_factors(product: str) -> Any:
    """``product + x`` with the factors that are not 1."""

    def formula(attrs: Attrs) -> str:
        alpha, beta = attrs.get("alpha", 1), attrs.get("beta", 1)
        left = product if alpha == 1 else f"{alpha:g}·{product}"
        if beta == 0:
            return left
        return f"{left} + {{x}}" if beta == 1 else f"{left} + {beta:g}·{{x}}"

    return formula


def product_axes(a: Axes, b: Axes) -> Axes:
    return (*a[:-1], *b[-1:])


ROWS: dict[str, Row] = {
    "mm": Row(why_mm, "{x}·{mat2}", product_axes),
    "bmm": Row(why_bmm, "{x}·{mat2}", product_axes),
    "mv": Row(why_mv, "{x}·{vec}", lambda x, vec: x[:-1]),
    "dot": Row(why_dot, "{x}·{tensor}"),
    "addmm": Row(why_addmm, with_factors("{mat1}·{mat2}"), lambda x, a, b, **_: product_axes(a, b)),
    "baddbmm": Row(
        why_baddbmm, with_factors("{batch1}·{batch2}"), lambda x, a, b, **_: product_axes(a, b)
    ),
    "addmv": Row(why_addmv, with_factors("{mat}·{vec}"), lambda x, a, b, **_: a[:-1]),
    "linear": Row(
        why_linear,
        lambda attrs: "{input}·{weight}ᵀ" + (" + {bias}" if "bias" in attrs["slots"] else ""),
        lambda x, weight, bias: (*x[:-1], weight[0]),
    ),
}

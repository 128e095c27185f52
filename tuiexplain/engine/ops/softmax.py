"""Rows of softmax: numbers to probabilities, and to their logarithms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tuiexplain.engine.op import Op, Vjp
from tuiexplain.engine.ops.families import Stable
from tuiexplain.trace.expression import Cell, Chosen, Expr, Operand, product, total

# -- one row of numbers, as expressions ------------------------------------------------------------


def line(x: Operand, cell: Cell, dim: int) -> list[Expr]:
    """The cells of ``x`` along ``dim`` through ``cell``."""
    dim %= max(1, len(x.shape))
    if not x.shape:
        return [x[()]]
    return [x[*cell[:dim], i, *cell[dim + 1 :]] for i in range(x.shape[dim])]


def numbers(row: Sequence[Expr]) -> np.ndarray:
    return np.array([r.number for r in row])


def probability(row: Sequence[Expr], place: int) -> Expr:
    """exp(x) / Σ exp(x)."""
    exponentials: list[Any] = [np.exp(r) for r in row]
    written = exponentials[place] / total(exponentials)
    return Stable(written, softmax(numbers(row), dim=0)[place])


def surprise(row: Sequence[Expr], place: int, chosen_by: Sequence[Expr] = ()) -> Expr:
    """Log Σ exp(x) − x: how unlikely the ``place`` is, as a logarithm."""
    log: Any = np.log(total([np.exp(r) for r in row]))
    chosen = Chosen(row[place], chosen_by) if chosen_by else row[place]
    return Stable(log - chosen, -log_softmax(numbers(row), dim=0)[place])


# -- softmax ---------------------------------------------------------------------------------------


def softmax(x: Any, *, dim: int) -> Any:
    exponentials = np.exp(x - np.maximum.reduce(x, axis=dim, keepdims=True))
    return exponentials / np.add.reduce(exponentials, axis=dim, keepdims=True)


def softmax_x(g: Any, y: Any, *, dim: int) -> Any:
    return y * (g - np.add.reduce(g * y, axis=dim, keepdims=True))


def why_softmax(cell: Cell, x: Operand, *, dim: int) -> Expr:
    return probability(line(x, cell, dim), cell[dim] if cell else 0)


def why_softmax_x(cell: Cell, g: Operand, y: Operand, *, dim: int) -> Expr:
    pairs = zip(line(g, cell, dim), line(y, cell, dim), strict=True)
    return y[cell] * (g[cell] - total(a * b for a, b in pairs))


SOFTMAX = Op(
    "softmax",
    softmax,
    formula="e^{x} / Σ e^{x}",
    vjps={"x": Vjp(softmax_x, "{y}·({g} − Σ {g}·{y})", why_softmax_x)},
    why=why_softmax,
    axes=lambda x, **_: x,
)


def log_softmax(x: Any, *, dim: int) -> Any:
    x = x - np.maximum.reduce(x, axis=dim, keepdims=True)
    return x - np.log(np.add.reduce(np.exp(x), axis=dim, keepdims=True))


def log_softmax_x(g: Any, y: Any, *, dim: int) -> Any:
    return g - np.exp(y) * np.add.reduce(g, axis=dim, keepdims=True)


def why_log_softmax(cell: Cell, x: Operand, *, dim: int) -> Expr:
    row, place = line(x, cell, dim), cell[dim] if cell else 0
    log: Any = np.log(total([np.exp(r) for r in row]))
    return Stable(row[place] - log, log_softmax(numbers(row), dim=0)[place])


def why_log_softmax_x(cell: Cell, g: Operand, y: Operand, *, dim: int) -> Expr:
    probability: Any = np.exp(y[cell])
    return g[cell] - product([probability, total(line(g, cell, dim))])


LOG_SOFTMAX = Op(
    "log_softmax",
    log_softmax,
    formula="{x} − log Σ e^{x}",
    vjps={"x": Vjp(log_softmax_x, "{g} − e^{y}·Σ {g}", why_log_softmax_x)},
    why=why_log_softmax,
    axes=lambda x, **_: x,
)

ROWS = (SOFTMAX, LOG_SOFTMAX)

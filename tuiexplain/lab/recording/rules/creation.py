"""Rows of arrays that are made from nothing but what the operation was told, or drawn by chance."""

from __future__ import annotations

from typing import Any

from tuiexplain.lab.recording.rules.row import Row
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.expression import Cell, Constant, Expr

CHANCE = (
    "bernoulli",
    "dropout",
    "exponential",
    "multinomial",
    "normal",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "random",
    "randperm",
    "uniform",
)


def always(number: float) -> Row:
    def why(cell: Cell) -> Expr:
        return Constant(number)

    return Row(why, f"{number:g}")


def why_full(cell: Cell, *, fill_value: Any) -> Expr:
    return Constant(float(fill_value))


def why_fill(cell: Cell, value: Any) -> Expr:
    return value[()] if hasattr(value, "shape") else Constant(float(value))


def why_scalar(cell: Cell, *, s: Any) -> Expr:
    return Constant(float(s))


def why_arange(cell: Cell, *, start: Any = 0, end: Any = None, step: Any = 1) -> Expr:
    return Constant(float(start + cell[0] * step))


def why_eye(cell: Cell) -> Expr:
    return Constant(float(cell[0] == cell[1]))


def why_chance(cell: Cell) -> Expr:
    raise TraceError("These numbers were drawn by chance: there is no arithmetic behind them.")


FULL = Row(why_full, "{fill_value}")
ROWS: dict[str, Row] = {
    **dict.fromkeys(("zeros", "zeros_like", "new_zeros", "zero"), always(0.0)),
    **dict.fromkeys(("ones", "ones_like", "new_ones"), always(1.0)),
    **dict.fromkeys(("full", "full_like", "new_full"), FULL),
    **dict.fromkeys(CHANCE, Row(why_chance, "drawn by chance")),
    "fill": Row(why_fill, "{value}"),
    "scalar_tensor": Row(why_scalar, "{s}"),
    "arange": Row(why_arange, "0, 1, 2 …"),
    "eye": Row(why_eye, "I"),
}

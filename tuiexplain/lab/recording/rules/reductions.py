"""Rows that make one number of many."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tuiexplain.engine.ops.reductions import cells_behind, count, reduced_axes
from tuiexplain.lab.recording.rules.row import Attrs, Axes, Row
from tuiexplain.trace.expression import Call, Cell, Chosen, Constant, Expr, Operand, total

Dim = int | tuple[int, ...] | None


def behind(cell: Cell, x: Operand, dim: Dim, keepdim: bool) -> list[Expr]:
    """The cells of ``x`` that became ``cell``; no axes named means all."""
    return [x[c] for c in cells_behind(cell, x.shape, dim if dim != () else None, keepdim)]


def how_many(x: Operand, dim: Dim) -> int:
    return count(x.shape, dim if dim != () else None)


def why_sum(cell: Cell, x: Operand, *, dim: Dim = None, keepdim: bool = False) -> Expr:
    return total(behind(cell, x, dim, keepdim))


def why_mean(cell: Cell, x: Operand, *, dim: Dim = None, keepdim: bool = False) -> Expr:
    return why_sum(cell, x, dim=dim, keepdim=keepdim) / Constant(how_many(x, dim))


def why_prod(cell: Cell, x: Operand, *, dim: Dim = None, keepdim: bool = False) -> Expr:
    result: Expr = Constant(1.0)
    for factor in behind(cell, x, dim, keepdim):
        result = result * factor
    return result


def spread_of(row: list[Expr], middle: Expr, correction: Any) -> Expr:
    """Σ (x − mean)² / (N − correction)."""
    squares = total((x - middle) ** 2 for x in row)
    return squares / Constant(len(row) - (1 if correction is None else correction))


def why_var(
    cell: Cell, x: Operand, *, dim: Dim = None, correction: Any = None, keepdim: bool = False
) -> Expr:
    row = behind(cell, x, dim, keepdim)
    return spread_of(row, total(row) / Constant(len(row)), correction)


def why_std(
    cell: Cell, x: Operand, *, dim: Dim = None, correction: Any = None, keepdim: bool = False
) -> Expr:
    variance = why_var(cell, x, dim=dim, correction=correction, keepdim=keepdim)
    return np.sqrt(variance)


def why_var_given_mean(
    cell: Cell,
    x: Operand,
    mean: Operand,
    *,
    dim: Dim = None,
    correction: Any = None,
    keepdim: bool = False,
) -> Expr:
    return spread_of(behind(cell, x, dim, keepdim), mean[cell], correction)


def why_norm(
    cell: Cell, x: Operand, *, ord: Any = 2, dim: Dim = None, keepdim: bool = False
) -> Expr:
    row = behind(cell, x, dim, keepdim)
    if ord == 2:
        return np.sqrt(total(r**2 for r in row))
    sizes: list[Any] = [np.absolute(r) for r in row]
    if ord == math.inf:
        return Call("max", sizes, lambda *numbers: max(numbers))
    return total(s**ord for s in sizes) ** (1.0 / ord)


def why_cumsum(cell: Cell, x: Operand, *, dim: int) -> Expr:
    dim %= max(1, len(x.shape))
    if not x.shape:
        return x[()]
    return total(x[*cell[:dim], i, *cell[dim + 1 :]] for i in range(cell[dim] + 1))


def why_cumprod(cell: Cell, x: Operand, *, dim: int) -> Expr:
    dim %= max(1, len(x.shape))
    factors = [x[*cell[:dim], i, *cell[dim + 1 :]] for i in range(cell[dim] + 1)]
    result: Expr = Constant(1.0)
    for factor in factors:
        result = result * factor
    return result


# -- extremes ----------------------------------------------------------------------------------------


def extreme(name: str, pick: Callable[..., Any]) -> Row:
    """The row of a maximum or a minimum over axes."""

    def why(cell: Cell, x: Operand, *, dim: Dim = None, keepdim: bool = False) -> Expr:
        return Call(name, behind(cell, x, dim, keepdim), lambda *numbers: pick(numbers))

    return Row(why, f"{name} {{x}}", kept_axes)


def where_extreme(name: str, pick: Callable[..., Any]) -> Row:
    """The row of the place of a maximum or minimum: the first, where several are equal."""

    def why(cell: Cell, x: Operand, *, dim: Any = None, keepdim: bool = False) -> Expr:
        return Call(name, behind(cell, x, dim, keepdim), lambda *numbers: pick(numbers))

    return Row(why, f"{name} {{x}}", kept_axes)


def why_gathered(cell: Cell, x: Operand, indices: Operand, *, dim: int = -1) -> Expr:
    """What stands at the place that ``indices`` names along ``dim`` (kept, as an axis)."""
    dim %= max(1, len(x.shape))
    chosen = indices[cell]
    if not x.shape:
        return x[()]
    rest = (*cell[:dim], *(cell[dim + 1 :] if len(cell) == len(x.shape) else cell[dim:]))
    return Chosen(x[*rest[:dim], int(chosen.number), *rest[dim:]], [chosen])


def extreme_or_gathered(name: str, pick: Callable[..., Any]) -> Row:
    """``max`` with an axis also tells the places: there it is what stands at that place."""

    def why(
        cell: Cell, x: Operand, indices: Any, *, dim: Any = None, keepdim: bool = False
    ) -> Expr:
        if indices is not None:
            return why_gathered(cell, x, indices, dim=dim)
        return Call(name, behind(cell, x, dim, keepdim), lambda *numbers: pick(numbers))

    return Row(why, f"{name} {{x}}")


def why_place(
    cell: Cell,
    x: Operand,
    *,
    dim: int = -1,
    descending: bool = False,
    largest: bool | None = None,
) -> Expr:
    """Where the number stands that comes as ``cell`` when a line is put in order."""
    falling = descending if largest is None else largest
    dim %= max(1, len(x.shape))
    line = [x[*cell[:dim], i, *cell[dim + 1 :]] for i in range(x.shape[dim])]

    def place(*numbers: Any) -> Any:
        signed = -np.asarray(numbers) if falling else np.asarray(numbers)
        return np.argsort(signed, kind="stable")[cell[dim]]

    return Call(f"place of number {cell[dim]}", line, place)


def quantified(name: str, pick: Callable[..., Any]) -> Row:
    def why(cell: Cell, x: Operand, *, dim: Dim = None, keepdim: bool = False) -> Expr:
        return Call(name, behind(cell, x, dim, keepdim), lambda *numbers: float(pick(numbers)))

    return Row(why, f"{name} {{x}}")


def kept_axes(x: Axes, *, dim: Dim = None, keepdim: bool = False) -> Axes:
    return reduced_axes(x, dim=dim if dim != () else None, keepdim=keepdim)


def spread_formula(attrs: Attrs) -> str:
    correction = attrs.get("correction")
    one = 1 if correction is None else correction
    return "Σ ({x} − mean {x})² / " + (f"(N − {one:g})" if one else "N")


ROWS: dict[str, Row] = {
    "sum": Row(why_sum, "Σ {x}", kept_axes),
    "mean": Row(why_mean, "mean {x}", kept_axes),
    "prod": Row(why_prod, "Π {x}", kept_axes),
    "var": Row(why_var, spread_formula),
    "std": Row(why_std, lambda attrs: f"√({spread_formula(attrs)})"),
    "var_mean.mean": Row(why_mean, "mean {x}"),
    "var_mean.var": Row(why_var_given_mean, "Σ ({x} − {mean})² / (N − correction)"),
    "linalg_vector_norm": Row(why_norm, lambda attrs: "‖{x}‖"),
    "cumsum": Row(why_cumsum, "cumsum({x})", lambda x, **_: x),
    "amax": extreme("max", np.max),
    "amin": extreme("min", np.min),
    "max": extreme_or_gathered("max", np.max),
    "min": extreme_or_gathered("min", np.min),
    "max.indices": where_extreme("argmax", np.argmax),
    "min.indices": where_extreme("argmin", np.argmin),
    "argmax": where_extreme("argmax", np.argmax),
    "argmin": where_extreme("argmin", np.argmin),
    "topk.indices": Row(why_place, "argtopk({x})"),
    "sort.indices": Row(why_place, "argsort({x})"),
    "cumprod": Row(why_cumprod, "cumprod({x})", lambda x, **_: x),
    "topk": Row(why_gathered, "topk({x})"),
    "sort": Row(why_gathered, "{x} sorted"),
    "any": quantified("any", any),
    "all": quantified("all", all),
}

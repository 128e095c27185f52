"""Families of rows whose reasons follow from their functions, so that no row spells them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product as cross
from typing import Any

import numpy as np

from tuiexplain.engine.op import Attrs, Axes, Op, Rule
from tuiexplain.trace.expression import Cell, Chosen, Constant, Expr, Operand, lift, total


def aligned(cell: Cell, shape: tuple[int, ...]) -> Cell:
    """The cell of an operand of ``shape`` that broadcasting puts at ``cell`` of the result."""
    last = cell[len(cell) - len(shape) :]
    return tuple(0 if n == 1 else i for i, n in zip(last, shape, strict=True))


def repeats(cell: Cell, of: tuple[int, ...], shape: tuple[int, ...]) -> Iterator[Cell]:
    """The cells of ``shape`` to which broadcasting repeats ``cell`` of an array of shape ``of``."""
    extra = len(shape) - len(of)
    ranges = [range(n) for n in shape[:extra]]
    for i, n, length in zip(cell, of, shape[extra:], strict=True):
        ranges.append(range(length) if n == 1 else range(i, i + 1))
    return cross(*ranges)


def at(operand: Any, cell: Cell) -> Any:
    """One cell of an operand, aligned as broadcasting does; numbers are themselves."""
    return operand[aligned(cell, operand.shape)] if isinstance(operand, Operand) else operand


def merged(axes: Sequence[Axes]) -> Axes:
    """The axis names of a broadcast result: for each axis the first name that an operand knows."""
    longest = max((len(a) for a in axes), default=0)
    padded = [("",) * (longest - len(a)) + tuple(a) for a in axes]
    return tuple(next((name for name in names if name), "") for names in zip(*padded, strict=True))


def reduced_formula(text: str) -> Callable[[Attrs], str]:
    """The formula of a loss, with what is done to the losses of single cells before it."""
    before = {"mean": "mean ", "sum": "Σ ", "none": ""}
    return lambda attrs: before[attrs["reduction"]] + text


def slope_formula(text: str) -> Callable[[Attrs], str]:
    """The formula of a loss's derivative, divided by N where the loss is a mean."""
    return lambda attrs: text + (" / N" if attrs["reduction"] == "mean" else "")


def same(x: Any) -> Any:
    """The same number, as an array of its own."""
    return x if isinstance(x, Expr) else np.array(x)


def keep(x: Any, condition: Any) -> Any:
    """``x`` where ``condition`` holds, else 0 (also where ``x`` is not a number)."""
    if isinstance(condition, Expr):
        if condition.number or np.isfinite(lift(x).number):
            return x * condition
        return Chosen(Constant(0.0), [condition])
    return np.where(condition, x, 0.0)


def choose(condition: Any, a: Any, b: Any) -> Any:
    """``a`` where ``condition`` holds, else ``b``."""
    if isinstance(condition, Expr):
        return Chosen(lift(a if condition.number else b), [condition])
    return np.where(condition, a, b)


def unless(condition: Any, x: Any) -> Any:
    """0 where the (rare) ``condition`` holds, else ``x``, which then reads as if it stood alone."""
    if isinstance(condition, Expr):
        return Chosen(Constant(0.0), [condition]) if condition.number else x
    return np.where(condition, 0.0, x)


class Stable(Expr):
    """Arithmetic as it is written, with the number of a computation that loses no digits.

    e¹⁰⁰⁰ is no number, and log(e^x + …) − x rounds; subtracting the largest x first avoids both.
    """

    __slots__ = ("written",)

    def __init__(self, written: Expr, number: float) -> None:
        self.written, self.number = written, np.float64(number)

    @property
    def binds(self) -> int:  # type: ignore[override]
        return self.written.binds

    def parts(self) -> Sequence[Expr]:
        return self.written.parts()

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        return self.written.write(atom, most)


@dataclass(frozen=True, eq=False)
class Elementwise(Op):
    """Cell by cell. Forward and derivatives work on arrays and on expressions alike.

    They use operators and NumPy's universal functions only, so that run on the expressions of one
    cell they *are* its arithmetic. Where an input was broadcast, its gradient is the sum over the
    cells that it was repeated to.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "broadcasts", len(self.slots) > 1)  # the row is frozen

    def explain(self, cell: Cell, operands: Sequence[Any], attrs: Attrs) -> Expr:
        return lift(self.forward(*(at(o, cell) for o in operands), **attrs))

    def explain_vjp(self, rule: Rule, cell: Cell, operands: Sequence[Any], attrs: Attrs) -> Expr:
        attrs = dict(attrs)
        to = attrs.pop("sum_to", None)
        if to is None:
            return lift(rule.fn(*(at(o, cell) for o in operands), **attrs))
        shape = np.broadcast_shapes(*(o.shape for o in operands if isinstance(o, Operand)))
        cells = repeats(cell, to, shape)
        return total(lift(rule.fn(*(at(o, c) for o in operands), **attrs)) for c in cells)

    def output_axes(self, inputs: Sequence[Axes], shape: tuple[int, ...], attrs: Attrs) -> Axes:
        return super().output_axes(inputs, shape, attrs) if self.axes else merged(inputs)


@dataclass(frozen=True, eq=False)
class Movement(Op):
    """Cells are moved, repeated or left out, never changed.

    Forward, run on an array of the inputs' own addresses, says where each cell came from. The
    derivative of each slot takes every option of forward, and the inputs' shapes as ``shapes``.
    """

    def came_from(self, shapes: Sequence[tuple[int, ...]], attrs: Attrs) -> np.ndarray:
        """For each output cell: the flat address of its source, the inputs laid end to end."""
        numbered, start = [], 0
        for shape in shapes:
            size = int(np.prod(shape))
            numbered.append(np.arange(start, start + size).reshape(shape))
            start += size
        return np.asarray(self.forward(*numbered, **attrs))

    def explain(self, cell: Cell, operands: Sequence[Any], attrs: Attrs) -> Expr:
        address = int(self.came_from([o.shape for o in operands], attrs)[cell])
        for operand in operands:
            size = int(np.prod(operand.shape))
            if address < size:
                source = np.unravel_index(address, operand.shape)
                return operand[tuple(int(i) for i in source)]  # type: ignore[no-any-return]
            address -= size
        raise AssertionError("the address of an input's cell lies within the inputs")

    def explain_vjp(self, rule: Rule, cell: Cell, operands: Sequence[Any], attrs: Attrs) -> Expr:
        options = dict(attrs)
        shapes, position = options.pop("shapes"), options.pop("position", 0)
        options.pop("sum_to", None)
        start = sum(int(np.prod(s)) for s in shapes[:position])
        address = start + (int(np.ravel_multi_index(cell, shapes[position])) if cell else 0)
        went_to = np.argwhere(self.came_from(shapes, options) == address)
        (g,) = operands
        terms = [g[tuple(int(i) for i in c)] for c in went_to]
        return total(terms) if terms else Constant(0.0)

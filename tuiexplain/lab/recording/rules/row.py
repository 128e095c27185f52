"""The mechanism behind the table of ATen operations: what a row says, and how it is asked.

A row's ``why`` gives the arithmetic of one cell. Its positional parameters after the cell are the
operation's arrays by the names of the ATen schema (``self`` is ``x``; a plain number or ``None`` may
stand in an array's place), its keyword-only parameters are options, by name too.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tuiexplain.engine.ops.families import at, merged
from tuiexplain.trace.event import Event
from tuiexplain.trace.expression import Cell, Constant, Expr, Operand, lift

Axes = tuple[str, ...]
Shape = tuple[int, ...]
Attrs = Mapping[str, Any]
Formula = str | Callable[[Attrs], str]
"""The right side with slots in braces; a function of the options and of ``slots`` where it varies."""


@dataclass(frozen=True, eq=False)
class Row:
    """One operation: the reason of a cell, the formula, and the names of the output's axes."""

    why: Callable[..., Expr]
    formula: Formula
    axes: Callable[..., Axes] | None = None
    slots: tuple[str, ...] = field(init=False)
    gathers: bool = field(init=False)
    """Whether the first slot takes any number of arrays."""
    options: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        parameters = list(inspect.signature(self.why).parameters.values())[1:]
        found = {
            "slots": tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY),
            "gathers": any(p.kind is p.VAR_POSITIONAL for p in parameters),
            "options": tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY),
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)  # the row is frozen

    def bind(self, event: Event, things: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
        """The event's arrays and options as the row's function takes them."""
        names: tuple[str, ...] = event.attrs["slots"]
        given = dict(zip(names, things, strict=True))
        options = {name: event.attrs[name] for name in self.options if name in event.attrs}
        if not self.gathers:
            return [given.get(s, event.attrs.get(s)) for s in self.slots], options
        *single, many = self.slots
        members = [thing for name, thing in given.items() if name.startswith(f"{many}.")]
        return [*(given.get(s, event.attrs.get(s)) for s in single), *members], options

    def explain(self, event: Event, operands: Sequence[Operand], cell: Cell) -> Expr:
        """The arithmetic of one cell of the event's output."""
        arguments, options = self.bind(event, operands)
        return self.why(cell, *arguments, **options)

    def write(self, event: Event, symbols: Sequence[str]) -> str:
        """The right side of the formula, in the given symbols."""
        template = self.formula
        if not isinstance(template, str):
            template = template(event.attrs)
        parts = {name: _shown(value) for name, value in event.attrs.items() if name != "slots"}
        parts |= dict(zip(event.attrs["slots"], symbols, strict=True))
        first = symbols[0] if symbols else ""
        joined = {"all": ", ".join(symbols), "sum": " + ".join(symbols), "first": first}
        return template.format_map({**parts, **joined})

    def output_axes(self, event: Event, inputs: Sequence[Axes], shape: Shape) -> Axes:
        """The names of the output's axes (empty where nothing is known)."""
        found: Axes = ()
        if self.axes is not None:
            arguments, options = self.bind(event, inputs)
            found = self.axes(*arguments, **options)
        return found if len(found) == len(shape) else ("",) * len(shape)


def elementwise(function: Callable[..., Any], formula: Formula) -> Row:
    """A row of a function that works cell by cell, on broadcast inputs; it is its own reason.

    ``function`` uses operators and NumPy's universal functions only.
    """
    parameters = list(inspect.signature(function).parameters.values())

    def why(cell: Cell, *operands: Any, **options: Any) -> Expr:
        return lift(function(*(at(o, cell) for o in operands), **options))

    start = inspect.Parameter("cell", inspect.Parameter.POSITIONAL_ONLY)
    why.__signature__ = inspect.Signature([start, *parameters])  # type: ignore[attr-defined]
    return Row(why, formula, lambda *axes, **_: merged([a for a in axes if isinstance(a, tuple)]))


def moved(source: Callable[..., Cell], formula: Formula, axes: Any = None) -> Row:
    """A row that moves cells: ``source`` gives, for a cell of the output, that of the input ``x``.

    It takes the cell, the input's shape and options.
    """
    parameters = list(inspect.signature(source).parameters.values())[2:]

    def why(cell: Cell, x: Operand, **options: Any) -> Expr:
        return x[source(cell, x.shape, **options)]

    names = (("cell", inspect.Parameter.POSITIONAL_ONLY), ("x", inspect.Parameter.POSITIONAL_ONLY))
    start = [inspect.Parameter(name, kind) for name, kind in names]
    why.__signature__ = inspect.Signature([*start, *parameters])  # type: ignore[attr-defined]
    return Row(why, formula, axes)


def constant(number: Any) -> Constant:
    """A number that the operation was told; ``True`` and ``False`` count as 1 and 0."""
    return Constant(float(number))


def _shown(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:.6g}"

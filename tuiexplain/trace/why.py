"""Why: the arithmetic behind one number, and the cells that it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tuiexplain.trace import cells
from tuiexplain.trace.event import Event
from tuiexplain.trace.expression import Cell, Expr, Operand, Ref
from tuiexplain.trace.value import Origin, Source, Value

if TYPE_CHECKING:
    from tuiexplain.trace.trace import Trace


class Cause(NamedTuple):
    """A cell that a number came from; ``symbol`` is how a formula writes it."""

    value: Value
    cell: Cell
    symbol: str
    number: float

    @property
    def address(self) -> str:
        """As in a command: ``W1.grad[0,1]``."""
        return cells.write(self.value.name, self.cell)


class Why(NamedTuple):
    """Why one cell of one value is the number that it is; ``symbol`` is how a formula writes it.

    A number that an event made has an ``expression``; one that was there before, or was set by
    hand, has an ``origin`` instead: there the chain ends, or goes on in the step before.
    """

    value: Value
    cell: Cell
    symbol: str
    number: float
    event: Event | None
    origin: Origin | None
    expression: Expr | None
    causes: tuple[Cause, ...]
    with_names: str
    with_numbers: str
    left_out: int = 0
    """How many more causes there are than ``causes`` tells of."""

    @property
    def address(self) -> str:
        """As in a command: ``W1.grad[0,1]``."""
        return cells.write(self.value.name, self.cell)

    @property
    def total(self) -> float:
        """The number, recomputed from the causes."""
        return self.number if self.expression is None else float(self.expression.number)


def operand(trace: Trace, value: Value) -> Operand:
    """``value`` for a rule's ``why``."""
    return Operand(value.id, value.shape, lambda cell: trace.cell(value, cell))


def unexplained(trace: Trace, value: Value, cell: Cell) -> Why:
    """Of a number whose operation has no rule: its event and a cell of each of its inputs.

    It is the same cell where the input has that shape, else the first.
    """
    assert value.producer is not None
    event = trace.events[value.producer]
    causes = []
    for index in dict.fromkeys(event.inputs):
        of = trace.values[index]
        at = cell if of.shape == value.shape else (0,) * len(of.shape)
        if of.size:
            causes.append(Cause(of, at, cells.write(trace.symbol(of), at), trace.cell(of, at)))
    symbol = cells.write(trace.symbol(value), cell)
    number = trace.cell(value, cell)
    return Why(value, cell, symbol, number, event, None, None, tuple(causes), "", "")


def reason(trace: Trace, event: Event, cell: Cell) -> Expr:
    """The arithmetic of one cell of what an event made; its ``number`` is what that comes to."""
    inputs = [operand(trace, trace.values[i]) for i in event.inputs]
    with np.errstate(all="ignore"):
        return trace.rulebook.explain(event, inputs, cell)


def why(trace: Trace, value: Value, cell: Cell, most: int | None = None) -> Why:
    """Explain one cell, with ``most`` causes; the engine behind :meth:`Trace.why`."""
    number = trace.cell(value, cell)
    symbol = cells.write(trace.symbol(value), cell)
    if (value.id, cell) in trace.edits:
        return Why(value, cell, symbol, number, None, Origin(Source.EDIT), None, (), "", "")
    if value.producer is None:
        return Why(value, cell, symbol, number, None, value.origin, None, (), "", "")
    event = trace.events[value.producer]
    expression = reason(trace, event, cell)
    symbols = {i: trace.symbol(i) for i in event.inputs}

    def name(ref: Ref) -> str:
        return cells.write(symbols.get(ref.value) or trace.symbol(ref.value), ref.cell)

    refs = list(expression.refs())
    told = refs if most is None else refs[:most]
    causes = tuple(
        Cause(trace.values[ref.value], ref.cell, name(ref), float(ref.number)) for ref in told
    )

    return Why(
        value,
        cell,
        symbol,
        number,
        event,
        None,
        expression,
        causes,
        expression.text(name),
        expression.text(),
        len(refs) - len(told),
    )

"""The trace: one training step (or one inference), down to every operation and every number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tuiexplain.trace import cells
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.event import Event
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.rulebook import Rulebook, rulebook
from tuiexplain.trace.tile import Reduce, Region, reduce_tile
from tuiexplain.trace.value import Kind, Origin, Value

if TYPE_CHECKING:
    from tuiexplain.trace.recorder import Recorder
    from tuiexplain.trace.why import Why


class Declaration(NamedTuple):
    """What is known of an array before anything was computed from it."""

    array: np.ndarray
    name: str
    kind: Kind
    axes: tuple[str, ...]
    labels: tuple[tuple[str, ...] | None, ...]
    origin: Origin


class Content(NamedTuple):
    """The finished parts of a trace."""

    values: tuple[Value, ...]
    events: tuple[Event, ...]
    arrays: Sequence[np.ndarray]


class Trace:
    """Values, events and why. Made by :class:`~tuiexplain.trace.recorder.record`.

    ``meta`` says what was recorded (lesson, part, seed, step); it travels with the file.
    """

    def __init__(
        self, rulebook_name: str, source: Recorder | Content, meta: dict[str, Any] | None = None
    ) -> None:
        self.rulebook_name = rulebook_name
        self.meta: dict[str, Any] = meta or {}
        self.edits: dict[tuple[int, Cell], float] = {}
        """The cells that were set by hand in a what-if, and to what."""
        self._source = source
        self._built_from = -1
        self._content = source if isinstance(source, Content) else None
        self._by_name: dict[str, Value] = {}
        self._gradients: dict[int, Value] = {}

    # -- content -------------------------------------------------------------------------------

    @property
    def content(self) -> Content:
        """Values, events and arrays, put together when first asked for."""
        if not isinstance(self._source, Content):
            calls = self._source.calls
            if self._content is None or self._built_from != len(calls):
                from tuiexplain.trace.build import build

                self._content = build(self._source, self.rulebook)
                self._built_from = len(calls)
                self._by_name.clear()
                self._gradients.clear()
        assert self._content is not None
        return self._content

    @property
    def values(self) -> Sequence[Value]:
        """Every value, by id."""
        return self.content.values

    @property
    def events(self) -> Sequence[Event]:
        """Every event, in the order in which they ran."""
        return self.content.events

    @property
    def rulebook(self) -> Rulebook:
        """The rules that explain the events."""
        return rulebook(self.rulebook_name)

    # -- numbers -------------------------------------------------------------------------------

    def data(self, value: Value | int) -> np.ndarray:
        """The whole array of a value. Pictures ask for :meth:`tile` instead."""
        return self.content.arrays[value if isinstance(value, int) else value.id]

    def cell(self, value: Value, cell: Cell) -> float:
        """One number."""
        return float(self.data(value)[cell])

    def tile(
        self,
        value: Value,
        region: Region | None = None,
        shape: tuple[int, int] | None = None,
        reduce: Reduce = Reduce.EXTREME,
    ) -> np.ndarray:
        """``region`` of ``value``, seen as a matrix, at no more than ``shape`` rows and columns.

        See :mod:`tuiexplain.trace.tile` for how arrays of other ranks lie as a matrix.
        """
        return reduce_tile(self.data(value), region, shape, reduce)

    # -- names ---------------------------------------------------------------------------------

    def value(self, name: str) -> Value:
        """The value called ``name``; :class:`UnknownCell` with near names if there is none."""
        if not self._by_name:
            self._by_name.update({v.name: v for v in self.values})
        try:
            return self._by_name[name]
        except KeyError:
            raise cells.unknown(name, self.values) from None

    def find(self, address: str) -> tuple[Value, Cell]:
        """The value and cell at ``address``, such as ``W1.grad[0,1]`` or ``loss``."""
        name, cell = cells.parse(address)
        value = self.value(name)
        return value, cells.check(address, value, cell)

    def symbol(self, value: Value | int) -> str:
        """How a value is written in a formula: ``∂L/∂W1`` for ``W1.grad``."""
        value = self.values[value] if isinstance(value, int) else value
        if value.of is None:
            return value.name
        of = self.values[value.of]
        suffix = value.name[len(of.name) + len(".grad") :]
        loss = self.loss_symbol
        return f"∂{loss}/∂{loss if of.kind is Kind.LOSS else of.name}{suffix}"

    @property
    def loss_symbol(self) -> str:
        """The letter that stands for what is differentiated: its own, if it has one, else L."""
        for value in self.values:
            if value.kind is Kind.LOSS:
                return value.name if len(value.name) == 1 else "L"
        return "L"

    def formula(self, event: Event) -> str:
        """The event's formula, with the names of this trace."""
        inputs = [self.symbol(i) for i in event.inputs]
        return self.rulebook.formula(event, self.symbol(event.output), inputs)

    def gradient(self, value: Value) -> Value | None:
        """The finished gradient of ``value`` (not its parts), if the trace has one."""
        if not self._gradients:
            for v in self.values:
                if v.of is not None and "#" not in v.name[len(self.values[v.of].name) :]:
                    self._gradients[v.of] = v
        return self._gradients.get(value.id)

    # -- reasons -------------------------------------------------------------------------------

    def why(self, value: Value | str, cell: Cell | None = None) -> Why:
        """Why this one number is what it is. ``value`` may be an address with the cell in it."""
        from tuiexplain.trace.why import why

        return why(self, *self.asked(value, cell))

    def asked(self, value: Value | str, cell: Cell | None) -> tuple[Value, Cell]:
        """The value and the cell that a question is about."""
        if isinstance(value, str):
            value, found = self.find(value)
            cell = found if cell is None else cell
        if cell is None:
            if value.shape:
                raise TraceError(f"'{value.name}' is an array: say which cell, as {value.name}[0].")
            cell = ()
        return value, tuple(cell)

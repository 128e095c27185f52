"""A trace that lies in the training process, seen from the interface. Imports no torch.

Values and events are here; numbers are asked for by the tile, and kept at hand within bounds.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from typing import Any, Protocol, overload

import numpy as np

import tuiexplain.lab.recording.rulebook  # noqa: F401 - registers the rules
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.protocol import Answer, Entered
from tuiexplain.lab.recording.symbols import ShortSymbols
from tuiexplain.trace import cells, file
from tuiexplain.trace.errors import TraceError, TraceLost
from tuiexplain.trace.expression import Cell, Expr
from tuiexplain.trace.recent import Recent
from tuiexplain.trace.tile import Reduce, Region, matrix_position
from tuiexplain.trace.trace import Content
from tuiexplain.trace.value import Value
from tuiexplain.trace.why import Cause, Why

SMALL = 4096
"""Values of no more cells are fetched whole."""
MOST_FETCHED = 1 << 24
"""Cells of the largest value that `data` hands over."""
KEPT_BYTES = 8 << 20
MOST_WHYS = 64


class StepLost(LabError, TraceLost):  # noqa: N818 - what happened
    """The process that holds the step does not answer; the message says why."""


class Asked(Protocol):
    """Who answers questions about the open step: a `Worker`."""

    def ask(self, what: str, **about: Any) -> Answer:
        """The answer; LabError if there is none."""


class Told(Expr):
    """An expression that was worked out elsewhere."""

    __slots__ = ()

    def __init__(self, number: float) -> None:
        self.number = np.float64(number)


class _Arrays(Sequence[np.ndarray]):
    """The arrays of the trace, each fetched when it is asked for."""

    def __init__(self, trace: RemoteTrace, length: int) -> None:
        self.trace, self.length = trace, length

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> np.ndarray: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[np.ndarray]: ...
    def __getitem__(self, index: int | slice) -> np.ndarray | Sequence[np.ndarray]:
        if isinstance(index, slice):
            return [self.trace.data(i) for i in range(*index.indices(self.length))]
        return self.trace.data(index)


class RemoteTrace(ShortSymbols):
    """One training step, open in another process. Has the interface of :class:`Trace`.

    Every question raises `StepLost` when that process does not answer any more.
    """

    def __init__(self, worker: Asked, entered: Entered) -> None:
        values, events = file.described(json.loads(entered.content))
        arrays = _Arrays(self, len(values))
        meta = {"step": entered.step}
        super().__init__("aten", Content(values, events, arrays), meta)
        self.worker = worker
        self.spoilt = None if entered.spoilt is None else values[entered.spoilt]
        """The first value that is not finite, in a step that could not be finished."""
        self._kept: Recent[Hashable, np.ndarray] = Recent(KEPT_BYTES, lambda array: array.nbytes)
        self._whys: Recent[tuple[int, Cell], Why] = Recent(MOST_WHYS)
        self._sources: dict[str, str] = {}

    # -- numbers -------------------------------------------------------------------------------

    def data(self, value: Value | int) -> np.ndarray:
        """The whole array of a value; TraceError for one of more than `MOST_FETCHED` cells."""
        value = self.values[value] if isinstance(value, int) else value
        if value.size > MOST_FETCHED:
            raise TraceError(
                f"'{value.name}' has {value.size:,} numbers, too many to fetch: ask for tiles."
            )
        found = self._kept.get(value.id)
        if found is None:
            array = self._fetched("data", value=value.id).reshape(value.shape)
            found = self._kept.put(value.id, array)
        return found

    def cell(self, value: Value, cell: Cell) -> float:
        """One number."""
        if value.size <= SMALL:
            return float(self.data(value)[cell])
        row, column = matrix_position(value.shape, cell)
        left = column - column % SMALL
        region = (row, row + 1, left, left + min(SMALL, value.shape[-1] - left))
        return float(self.tile(value, region, None)[0, column - left])

    def tile(
        self,
        value: Value,
        region: Region | None = None,
        shape: tuple[int, int] | None = None,
        reduce: Reduce = Reduce.EXTREME,
    ) -> np.ndarray:
        """``region`` of ``value`` at no more than ``shape``, reduced where it lies."""
        key = (value.id, region, shape, reduce)
        found = self._kept.get(key)
        if found is None:
            about = {"value": value.id, "region": region, "shape": shape, "reduce": str(reduce)}
            found = self._kept.put(key, self._fetched("tile", **about))
        return found

    def _fetched(self, what: str, **about: Any) -> np.ndarray:
        answer = self._ask(what, **about)
        array = np.frombuffer(answer.content, np.dtype(answer.about["dtype"]))
        return array.reshape(answer.about["shape"])

    def _ask(self, what: str, **about: Any) -> Answer:
        try:
            return self.worker.ask(what, **about)
        except LabError as error:
            raise StepLost(str(error), error.key, **error.fields) from None

    # -- reasons -------------------------------------------------------------------------------

    def why(self, value: Value | str, cell: Cell | None = None) -> Why:
        """Why this one number is what it is: worked out where the numbers are."""
        value, cell = self.asked(value, cell)
        key = (value.id, cell)
        return self._whys.get(key) or self._whys.put(key, self._explained(value, cell))

    def _explained(self, value: Value, cell: Cell) -> Why:
        told = json.loads(self._ask("why", value=value.id, cell=cell).content)
        causes = []
        for of, place, number in told["causes"]:
            cause, at = self.values[of], tuple(place)
            causes.append(Cause(cause, at, cells.write(self.symbol(cause), at), number))
        return Why(
            value,
            cell,
            cells.write(self.symbol(value), cell),
            told["number"],
            None if value.producer is None else self.events[value.producer],
            value.origin if value.producer is None else None,
            Told(told["total"]) if told["reckoned"] else None,
            tuple(causes),
            told["with_names"],
            told["with_numbers"],
            told["left_out"],
        )

    # -- the program ---------------------------------------------------------------------------

    def source(self, path: str) -> str:
        """The text of a source file that operations of this step stand in, just as it is."""
        if path not in self._sources:
            self._sources[path] = self._ask("source", file=path).content.decode(errors="replace")
        return self._sources[path]

"""The table of ATen operations as a trace wants it. Needs no torch to explain, only to run again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tuiexplain.lab.recording.rules import TABLE
from tuiexplain.lab.recording.rules.row import Axes, Row
from tuiexplain.lab.recording.rules.synonyms import in_rows_words
from tuiexplain.lab.recording.rules.telling import TOLD
from tuiexplain.lab.recording.rules.tracing import PASSED_ON
from tuiexplain.trace.errors import NoRule, TraceError
from tuiexplain.trace.event import Event
from tuiexplain.trace.expression import Cell, Expr, Operand
from tuiexplain.trace.rulebook import register


class AtenRulebook:
    """Implements :class:`~tuiexplain.trace.rulebook.Rulebook` for traces of PyTorch."""

    def formula(self, event: Event, output: str, inputs: Sequence[str]) -> str:
        event = in_rows_words(event)
        row = row_of(event)
        if row is None:
            return f"{output} = {event.op}({', '.join(inputs)})"
        return f"{output} = {row.write(event, inputs)}"

    def evaluate(self, event: Event, inputs: Sequence[np.ndarray]) -> np.ndarray:
        if "overload" not in event.attrs or event.attrs.get("passed_on") or event.op == "seed":
            return _by_cells(event, inputs)
        try:
            from tuiexplain.lab.recording.again import evaluate
        except ImportError:
            raise TraceError(
                f"Running aten.{event.op} again needs PyTorch: pip install torch."
            ) from None
        return evaluate(event, inputs)

    def explain(self, event: Event, inputs: Sequence[Operand], cell: Cell) -> Expr:
        event = in_rows_words(event)
        row = row_of(event)
        if row is None:
            names = ", ".join(event.attrs.get("slots", ())) or "none"
            raise NoRule(f"There is no rule for aten.{event.op} yet; its inputs are: {names}.")
        return row.explain(event, inputs, cell)

    def called(self, op: str) -> str:
        return TOLD.get(op, op)

    def axes(self, event: Event, inputs: Sequence[Axes], shape: tuple[int, ...]) -> Axes:
        event = in_rows_words(event)
        row = row_of(event)
        return ("",) * len(shape) if row is None else row.output_axes(event, inputs, shape)


def row_of(event: Event) -> Row | None:
    """The row of the event's operation, if the table has one."""
    return PASSED_ON if event.attrs.get("passed_on") else TABLE.get(event.op)


def _by_cells(event: Event, inputs: Sequence[np.ndarray]) -> np.ndarray:
    """What the recorder itself wrote down (a sum of gradients, say), cell by cell."""
    row = row_of(event)
    if row is None:
        raise TraceError(f"aten.{event.op} cannot be run again by itself.")
    shape = event.attrs.get("shape", inputs[0].shape if inputs else ())
    dtype = inputs[0].dtype if inputs else np.float32

    def fetcher(array: np.ndarray) -> Operand:
        return Operand(0, array.shape, lambda cell: float(array[cell]))

    operands = [fetcher(x) for x in inputs]
    result = np.empty(shape, dtype)
    for at in np.ndindex(*shape):
        result[at] = row.explain(event, operands, at).number
    return result


register("aten", AtenRulebook())

"""Running the rows of the table, and remembering what ran.

Both functions here append to a recorder where one listens, and neither changes an array in place:
whatever was handed out stays what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from operator import attrgetter
from sys import _getframe
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

import tuiexplain.engine.tensor as tensors
from tuiexplain.engine.op import Op
from tuiexplain.engine.state import caller, quiet, state
from tuiexplain.trace.event import Phase
from tuiexplain.trace.recorder import active

FORWARD, UPDATE = Phase.FORWARD, Phase.UPDATE

Attrs = Mapping[str, Any]
Array = np.ndarray


class Node(NamedTuple):
    """An operation that a gradient can go back through."""

    number: int
    """Counts operations, so that later ones are gone back through first."""
    op: Op
    inputs: tuple[Any, ...]
    arrays: tuple[Any, ...]
    y: Array
    attrs: Attrs | None
    module: str
    code: CodeType | None
    instruction: int


new_node = tuple.__new__  # what NamedTuple does, without its detour through Python
numbers = count()
data_of = attrgetter("data")


def apply(op: Op, inputs: tuple[Any, ...], attrs: Attrs | None = None) -> tensors.Tensor:
    """Run ``op`` on tensors (or plain numbers, as :class:`~tuiexplain.engine.tensor.Number`)."""
    arrays = tuple(map(data_of, inputs))
    try:
        if state.quiet:
            y = op.forward(*arrays, **attrs) if attrs else op.forward(*arrays)
        else:
            with quiet():
                y = op.forward(*arrays, **attrs) if attrs else op.forward(*arrays)
    except ValueError as error:
        raise ValueError(misfit(op, arrays, error)) from None
    if y.__class__ is not Array:
        y = np.asarray(y)
    code, instruction = None, -1
    recorder = active()
    if recorder is not None:
        frame = caller(_getframe(2))
        code, instruction = frame.f_code, frame.f_lasti
        calls = recorder.calls
        used, told = arrays, attrs
        if op.takes_numbers and float in map(type, arrays):
            used, told = numbers_apart(op.slots, arrays, attrs)
        phase = FORWARD
        if not state.grad and calls and calls[-1][0] is not FORWARD:
            phase = UPDATE  # a hand-written update: arithmetic on gradients, under no_grad
        calls.append(
            (phase, op.name, used, y, told, state.module, code, instruction, None, None, None)
        )
    result = tensors.Tensor(y)
    if state.grad and op.vjps:
        for t in inputs:
            if t.requires_grad:
                result.requires_grad = True
                result.node = new_node(
                    Node,
                    (
                        next(numbers), op, inputs, arrays, y, attrs,
                        state.module, code, instruction,
                    ),
                )  # fmt: skip
                break
    return result


def update(
    op: Op, replaced: Array, arrays: tuple[Array, ...], attrs: Attrs, module: str = ""
) -> Array:
    """Run an optimiser's row: the array that takes the place of ``replaced``."""
    y = np.asarray(op.forward(*arrays, **attrs))
    recorder = active()
    if recorder is not None:
        frame = caller(_getframe(1))
        place = (module, frame.f_code, frame.f_lasti)
        recorder.calls.append((UPDATE, op.name, arrays, y, attrs, *place, None, None, replaced))
    return y


def numbers_apart(
    names: tuple[str, ...], arrays: tuple[Any, ...], attrs: Attrs | None
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arrays stay inputs; plain numbers become attributes under the names of their slots."""
    told = dict(attrs or {})
    told.update({n: a for n, a in zip(names, arrays, strict=False) if type(a) is float})
    return tuple(a for a in arrays if type(a) is not float), told


def misfit(op: Op, arrays: tuple[Any, ...], error: ValueError) -> str:
    """One sentence about inputs that an operation cannot take."""
    if op.mismatch is not None:
        return f"{op.name}: {op.mismatch(*arrays)}"
    shapes = " and ".join(str(np.shape(a)) for a in arrays)
    return f"{op.name}: shapes {shapes} do not fit together."

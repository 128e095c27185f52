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
from typing import Any

import numpy as np

from tuiexplain.engine import tensors
from tuiexplain.engine.op import Op
from tuiexplain.engine.state import caller, quiet, state
from tuiexplain.trace import recorder as recording
from tuiexplain.trace.event import Phase

FORWARD, UPDATE = Phase.FORWARD, Phase.UPDATE

Attrs = Mapping[str, Any]
Array = np.ndarray


Node = tuple[
    int,  # counts operations downwards, so that a heap gives the last one first
    Op,
    tuple[Any, ...],  # inputs: tensors, and plain numbers
    tuple[Any, ...],  # their arrays, as they were when the operation ran
    Array,  # output
    Attrs | None,
    str,  # module path
    CodeType | None,  # the code that ran ...
    int,  # ... and the instruction in it
]
"""An operation that a gradient can go back through: a plain tuple, for it is made at each one."""

numbers = count(0, -1)
data_of = attrgetter("data")


def apply(op: Op, inputs: tuple[Any, ...], attrs: Attrs | None = None) -> tensors.Tensor:
    """Run ``op`` on tensors (or plain numbers, as :class:`~tuiexplain.engine.tensors.Number`)."""
    arrays = tuple(map(data_of, inputs))
    recorder = recording._active
    try:
        if state.quiet or recorder is not None:
            y = op.forward(*arrays, **attrs) if attrs else op.forward(*arrays)
        else:
            with np.errstate(all="ignore"):
                y = op.forward(*arrays, **attrs) if attrs else op.forward(*arrays)
    except (ValueError, IndexError) as error:
        kind = IndexError if isinstance(error, IndexError) else ValueError
        raise kind(misfit(op, arrays, attrs)) from None
    if y.__class__ is not Array:
        y = np.asarray(y)
    code, instruction = None, -1
    if recorder is not None:
        frame = caller(_getframe(2))
        code, instruction = frame.f_code, frame.f_lasti
        calls = recorder.calls
        used, told = arrays, attrs
        if op.broadcasts and float in map(type, arrays):
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
                result.node = (
                    next(numbers), op, inputs, arrays, y, attrs, state.module, code, instruction
                )  # fmt: skip
                break
    return result


def update(
    op: Op, replaced: Array, arrays: tuple[Array, ...], attrs: Attrs, module: str = ""
) -> Array:
    """Run an optimiser's row: the array that takes the place of ``replaced``."""
    y = np.asarray(op.forward(*arrays, **attrs))
    recorder = recording._active
    if recorder is not None:
        frame = caller(_getframe(1))
        place = (module, frame.f_code, frame.f_lasti)
        recorder.calls.append((UPDATE, op.name, arrays, y, attrs, *place, None, None, replaced))
    return y


def remember(op: Op, old: Array, x: Array, attrs: Attrs) -> Array:
    """Run a row whose output takes the place of ``old`` while the network runs: a running mean.

    It is part of the forward phase, and called as an update would be: ``norm.running_mean'``.
    """
    with quiet():
        y = np.asarray(op.forward(old, x, **attrs))
    recorder = recording._active
    if recorder is not None:
        frame = caller(_getframe(2))
        place = (state.module, frame.f_code, frame.f_lasti)
        recorder.calls.append((FORWARD, op.name, (old, x), y, attrs, *place, None, None, None))
        told = recorder.declared.get(id(old))
        if told is not None:
            recorder.titled[id(y)] = told._replace(array=y, name=f"{told.name}'")
    return y


def numbers_apart(
    names: tuple[str, ...], arrays: tuple[Any, ...], attrs: Attrs | None
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arrays stay inputs; plain numbers become attributes under the names of their slots."""
    told = dict(attrs or {})
    told.update({n: a for n, a in zip(names, arrays, strict=False) if type(a) is float})
    return tuple(a for a in arrays if type(a) is not float), told


def misfit(op: Op, arrays: tuple[Any, ...], attrs: Attrs | None) -> str:
    """One sentence about inputs that an operation cannot take."""
    if op.mismatch is not None:
        return f"{op.name}: {op.mismatch(*arrays, **(attrs or {}))}"
    shapes = " and ".join(str(np.shape(a)) for a in arrays)
    return f"{op.name}: shapes {shapes} do not fit together."

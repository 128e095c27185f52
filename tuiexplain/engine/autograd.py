"""Running operations, remembering them, and going back through them.

:func:`apply` runs a row of the table, :func:`backward` walks what was remembered from the last
operation to the first, :func:`update` runs an optimiser's row. All three append to a recorder where
one listens, and no array ever changes in place: whatever was handed out stays what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from operator import attrgetter
from sys import _getframe
from types import CodeType, FrameType, TracebackType
from typing import Any

import numpy as np

import tuiexplain.engine.tensor as tensors
from tuiexplain.engine.op import Op, options_for, sum_to
from tuiexplain.engine.ops.sums import ACCUMULATE, GIVEN, SEED
from tuiexplain.trace.event import Phase
from tuiexplain.trace.recorder import active

FORWARD, BACKWARD, UPDATE = Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE

Attrs = Mapping[str, Any]
Array = np.ndarray


class _State:
    """What the running code is inside of."""

    __slots__ = ("grad", "module", "quiet")

    def __init__(self) -> None:
        self.grad = True
        """Whether operations are remembered for a backward pass."""
        self.module = ""
        """The path of the module whose ``forward`` runs."""
        self.quiet = False
        """Whether NumPy's warnings are off already: ``np.errstate`` costs as much as an operation."""


state = _State()


class Node:
    """An operation that a gradient can go back through."""

    __slots__ = ("arrays", "attrs", "code", "inputs", "instruction", "module", "number", "op", "y")

    def __init__(
        self,
        number: int,
        op: Op,
        inputs: tuple[Any, ...],
        arrays: tuple[Any, ...],
        y: Array,
        attrs: Attrs | None,
        module: str,
        code: CodeType | None,
        instruction: int,
    ) -> None:
        self.number = number
        self.op = op
        self.inputs = inputs
        self.arrays = arrays
        self.y = y
        self.attrs = attrs
        self.module = module
        self.code = code
        self.instruction = instruction


_numbers = count()
_number = attrgetter("node.number")
_inside: dict[str, bool] = {}
"""For each source file met so far: whether it belongs to the engine."""


def _is_inside(frame: FrameType) -> bool:
    file = frame.f_code.co_filename
    name = str(frame.f_globals.get("__name__", ""))
    inside = _inside[file] = name == "tuiexplain.engine" or name.startswith("tuiexplain.engine.")
    return inside


def caller(frame: FrameType) -> FrameType:
    """The first frame at or above ``frame`` that is not the engine's own."""
    known = _inside
    above: FrameType | None = frame
    while above is not None:
        frame = above
        inside = known.get(frame.f_code.co_filename)
        if inside is None:
            inside = _is_inside(frame)
        if not inside:
            return frame
        above = frame.f_back
    return frame


class quiet:  # noqa: N801 - reads as a statement
    """NumPy's warnings off: inf and nan are results here, to be shown, not accidents."""

    __slots__ = ("errstate",)

    def __enter__(self) -> None:
        self.errstate = None if state.quiet else np.errstate(all="ignore")
        if self.errstate is not None:
            self.errstate.__enter__()
            state.quiet = True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.errstate is not None:
            state.quiet = False
            self.errstate.__exit__(kind, error, traceback)


def apply(op: Op, inputs: tuple[Any, ...], attrs: Attrs | None = None) -> tensors.Tensor:
    """Run ``op`` on tensors (or plain numbers, as :class:`~tuiexplain.engine.tensor.Number`)."""
    arrays = tuple([t.data for t in inputs])
    try:
        if not state.quiet:
            with quiet():
                y = op.forward(*arrays, **attrs) if attrs else op.forward(*arrays)
        else:
            y = op.forward(*arrays, **attrs) if attrs else op.forward(*arrays)
    except ValueError as error:
        raise ValueError(misfit(op, arrays, error)) from None
    if y.__class__ is not Array:
        y = np.asarray(y)
    module = state.module
    code, instruction = None, -1
    recorder = active()
    if recorder is not None:
        frame = caller(_getframe(1))
        code, instruction = frame.f_code, frame.f_lasti
        calls = recorder.calls
        used, told = arrays, attrs
        if float in map(type, arrays):
            used, told = numbers_apart(op.slots, arrays, attrs)
        phase = FORWARD
        if not state.grad and calls and calls[-1][0] is not FORWARD:
            phase = UPDATE  # a hand-written update: arithmetic on gradients, under no_grad
        calls.append((phase, op.name, used, y, told, module, code, instruction, None, None, None))
    result = tensors.Tensor(y)
    if state.grad and op.vjps:
        for t in inputs:
            if t.requires_grad:
                result.requires_grad = True
                result.node = Node(
                    next(_numbers), op, inputs, arrays, y, attrs, module, code, instruction
                )
                break
    return result


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
    return f"{op.name}: shapes {shapes} do not fit ({error})."


def backward(root: tensors.Tensor, gradient: Array | None = None, keep: bool = False) -> None:
    """Put the gradient of ``root`` into ``.grad`` of every leaf that it was computed from.

    ``keep`` leaves the graph in place, so that it can be gone through once more.
    """
    order, remaining = graph(root)
    recorder = active()
    calls = None if recorder is None else recorder.calls
    code, instruction = None, -1
    if recorder is not None:
        frame = caller(_getframe(1))
        code, instruction = frame.f_code, frame.f_lasti
    with quiet():
        if gradient is None:
            op, given, told = SEED, (), {"shape": root.data.shape}
        else:
            op, given, told = GIVEN, (gradient,), {}
        seed = op.forward(*given, **told)
        if calls is not None:
            calls.append(
                (BACKWARD, op.name, given, seed, told, "", code, instruction, None, None, root.data)
            )
        gradients: dict[Any, Array] = {root: seed}
        parts: dict[Any, list[Array]] = {}
        if root.node is None:
            deposit(root, seed, calls, code, instruction, "")
        for tensor in order:
            node = tensor.node
            g = gradients.pop(tensor)
            if tensor.retains:
                deposit(tensor, g, calls, node.code, node.instruction, node.module)
            op, inputs, arrays, y, attrs = node.op, node.inputs, node.arrays, node.y, node.attrs
            available = (g, y, *arrays)
            for i, slot, rule in op.plans[len(inputs)]:
                t = inputs[i]
                if not t.requires_grad:
                    continue
                array = arrays[i]
                used = rule.pick(available)
                told = None
                if rule.options:
                    told = options_for(rule, attrs or {}, op.slots, arrays, i)
                    part = rule.fn(*used, **told)
                else:
                    part = rule.fn(*used)
                if part.__class__ is not Array:
                    part = np.asarray(part)
                if part.shape != array.shape:
                    told = {**(told or {}), "sum_to": array.shape}
                    part = sum_to(part, array.shape)
                if part is g:  # an identity is still a number of its own
                    part = g.view()
                if calls is not None:
                    if float in map(type, used):
                        used, told = numbers_apart(rule.arrays, used, told)
                    calls.append(
                        (
                            BACKWARD, op.name, used, part, told, node.module,
                            node.code, node.instruction, y, slot, array,
                        )
                    )  # fmt: skip
                left = remaining[t] = remaining[t] - 1
                if left or t in parts:
                    parts.setdefault(t, []).append(part)
                    if left:
                        continue
                    terms = tuple(parts.pop(t))
                    part = ACCUMULATE.forward(*terms)
                    if calls is not None:
                        calls.append(
                            (
                                BACKWARD, "accumulate", terms, part, None, node.module,
                                node.code, node.instruction, None, None, array,
                            )
                        )  # fmt: skip
                if t.node is None:
                    deposit(t, part, calls, node.code, node.instruction, node.module, array)
                else:
                    gradients[t] = part
    if not keep:
        for tensor in order:
            tensor.node = SPENT


def graph(root: tensors.Tensor) -> tuple[list[Any], dict[Any, int]]:
    """The computed tensors behind ``root``, last first, and how often each tensor was used."""
    uses: dict[Any, int] = {root: 0}
    order: list[Any] = []
    stack: list[Any] = [root] if root.node is not None else []
    while stack:
        tensor = stack.pop()
        if tensor.node is SPENT:
            raise RuntimeError(
                "backward: this graph was gone through already; "
                "pass retain_graph=True the first time to do it twice."
            )
        order.append(tensor)
        inputs = tensor.node.inputs
        for i, _, _ in tensor.node.op.plans[len(inputs)]:
            t = inputs[i]
            if t.requires_grad:
                if t in uses:
                    uses[t] += 1
                else:
                    uses[t] = 1
                    if t.node is not None:
                        stack.append(t)
    order.sort(key=_number, reverse=True)
    return order, uses


SPENT = Node(-1, SEED, (), (), np.zeros(()), None, "", None, -1)
"""Stands where a node was whose graph a backward pass has used up."""


def deposit(
    leaf: Any,
    g: Array,
    calls: list[Any] | None,
    code: CodeType | None,
    instruction: int,
    module: str,
    about: Array | None = None,
) -> None:
    """Set ``leaf.grad``, or add to what is there."""
    if leaf.grad is not None:
        terms = (leaf.grad.data, g)
        g = ACCUMULATE.forward(*terms)
        if calls is not None:
            about = leaf.data if about is None else about
            calls.append(
                (BACKWARD, "accumulate", terms, g, None, module, code, instruction, None, None, about)
            )
    leaf.grad = tensors.Tensor(g)


def update(
    op: Op, replaced: Array, arrays: tuple[Array, ...], attrs: Attrs, module: str = ""
) -> Array:
    """Run an optimiser's row: the array that takes the place of ``replaced``."""
    y = np.asarray(op.forward(*arrays, **attrs))
    recorder = active()
    if recorder is not None:
        frame = caller(_getframe(1))
        recorder.calls.append(
            (UPDATE, op.name, arrays, y, attrs, module, frame.f_code, frame.f_lasti, None, None, replaced)
        )
    return y


class no_grad:  # noqa: N801 - torch's name
    """Operations in the ``with`` block are not remembered for a backward pass."""

    __slots__ = ("before",)

    def __enter__(self) -> None:
        self.before = state.grad
        state.grad = False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        state.grad = self.before

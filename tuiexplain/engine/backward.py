"""The backward pass: from one number back to every leaf that it was computed from.

Operations are gone through from the last to the first. Each row's rules turn the gradient of its
output into one contribution for each input; where a value was used several times, its
contributions are summed as soon as the last of them is there.
"""

from __future__ import annotations

from sys import _getframe
from typing import Any

import numpy as np

import tuiexplain.engine.tensor as tensors
from tuiexplain.engine.autograd import Array, Node, numbers_apart
from tuiexplain.engine.op import options_for, sum_to
from tuiexplain.engine.ops.sums import ACCUMULATE, GIVEN, SEED
from tuiexplain.engine.state import caller, quiet
from tuiexplain.trace.event import Phase
from tuiexplain.trace.recorder import active

BACKWARD = Phase.BACKWARD

Calls = list[Any] | None
"""Where events are written down, if anybody listens."""


def backward(root: tensors.Tensor, gradient: Array | None = None, keep: bool = False) -> None:
    """Put the gradient of ``root``, weighted by ``gradient``, into ``grad`` of every leaf.

    ``keep`` leaves the graph in place, so that it can be gone through once more.
    """
    order, shared = graph(root)
    recorder = active()
    calls: Calls = None if recorder is None else recorder.calls
    arrived: dict[Any, list[Array]] = {}
    with quiet():
        gradients = {root: start(root, gradient, calls)}
        if root.node is None:
            deposit(root, gradients[root], root.data, calls, SPENT)
        for tensor in order:
            node = tensor.node
            g = gradients.pop(tensor)
            _, op, inputs, arrays, y, attrs, module, code, instruction = node
            if tensor.retains:
                deposit(tensor, g, y, calls, node)
            available = (g, y, *arrays)
            for i, slot, rule in op.plans[len(inputs)]:
                t = inputs[i]
                if not t.requires_grad:
                    continue
                array = arrays[i]
                used = rule.pick(available)
                if rule.options:
                    told = options_for(rule, attrs or {}, op.slots, arrays, i)
                    part = rule.fn(*used, **told)
                else:
                    told = None
                    part = rule.fn(*used)
                if part.__class__ is not Array:
                    part = np.asarray(part)
                if part.shape != array.shape:
                    told = {**(told or {}), "sum_to": array.shape}
                    part = sum_to(part, array.shape)
                elif part is g:  # an identity is still a number of its own
                    part = g.view()
                if calls is not None:
                    if op.takes_numbers and float in map(type, used):
                        used, told = numbers_apart(rule.arrays, used, told)
                    calls.append(
                        (
                            BACKWARD, op.name, used, part, told, module, code, instruction,
                            y, slot, array,
                        )
                    )  # fmt: skip
                if t in shared:
                    parts = arrived.setdefault(t, [])
                    parts.append(part)
                    if len(parts) < shared[t]:
                        continue
                    part = accumulate(tuple(parts), array, calls, node)
                if t.node is not None:
                    gradients[t] = part
                elif t.grad is None:
                    t.grad = tensors.Tensor(part)
                else:
                    deposit(t, part, array, calls, node)
    if not keep:
        for tensor in order:
            tensor.node = SPENT


def graph(root: tensors.Tensor) -> tuple[list[Any], dict[Any, int]]:
    """The computed tensors behind ``root``, last first; and those used more than once, how often."""
    seen: set[Any] = {root}
    shared: dict[Any, int] = {}
    order: list[Any] = []
    waiting: list[Any] = [root] if root.node is not None else []
    while waiting:
        tensor = waiting.pop()
        node = tensor.node
        if node is SPENT:
            raise RuntimeError(
                "backward: this graph was gone through already; "
                "pass retain_graph=True the first time to do it twice."
            )
        order.append(tensor)
        inputs = node.inputs
        for i, _, _ in node.op.plans[len(inputs)]:
            t = inputs[i]
            if not t.requires_grad:
                continue
            if t in seen:
                shared[t] = shared.get(t, 1) + 1
            else:
                seen.add(t)
                if t.node is not None:
                    waiting.append(t)
    order.sort(key=lambda tensor: tensor.node[0], reverse=True)
    return order, shared


SPENT = Node(-1, SEED, (), (), np.zeros(()), None, "", None, -1)
"""Stands where a node was whose graph a backward pass has used up."""


def start(root: tensors.Tensor, gradient: Array | None, calls: Calls) -> Array:
    """The gradient of ``root`` with respect to itself: 1, or the weights that were given."""
    if gradient is None:
        op, given, told = SEED, (), {"shape": root.data.shape}
    else:
        op, given, told = GIVEN, (gradient,), {}  # type: ignore[assignment]
    g: Array = op.forward(*given, **told)
    if calls is not None:
        frame = caller(_getframe(2))
        place = ("", frame.f_code, frame.f_lasti)
        calls.append((BACKWARD, op.name, given, g, told, *place, None, None, root.data))
    return g


def accumulate(parts: tuple[Array, ...], about: Array, calls: Calls, node: Node) -> Array:
    """The sum of what came to one value."""
    g: Array = np.asarray(ACCUMULATE.forward(*parts))
    if calls is not None:
        place = (node.module, node.code, node.instruction)
        calls.append((BACKWARD, ACCUMULATE.name, parts, g, None, *place, None, None, about))
    return g


def deposit(tensor: Any, g: Array, about: Array, calls: Calls, node: Node) -> None:
    """Set ``tensor.grad``, or add to what is there."""
    if tensor.grad is not None:
        g = accumulate((tensor.grad.data, g), about, calls, node)
    tensor.grad = tensors.Tensor(g)

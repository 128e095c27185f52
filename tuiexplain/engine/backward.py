"""The backward pass: from one number back to every leaf that it was computed from.

Operations are gone through from the last to the first. Each row's rules turn the gradient of its
output into one contribution for each input; where a value was used several times, its
contributions are summed before its own operation's turn comes, and those of leaves at the end.
"""

from __future__ import annotations

from heapq import heappop, heappush
from sys import _getframe
from typing import Any

import numpy as np

from tuiexplain.engine import tensors
from tuiexplain.engine.autograd import Array, Node, numbers_apart
from tuiexplain.engine.op import options_for, sum_to
from tuiexplain.engine.ops.sums import ACCUMULATE, GIVEN, SEED
from tuiexplain.engine.state import caller, quiet
from tuiexplain.trace.event import Phase
from tuiexplain.trace.recorder import active

BACKWARD = Phase.BACKWARD

Calls = list[Any] | None
"""Where events are written down, if anybody listens."""

SPENT: Node = (1, SEED, (), (), np.zeros(()), None, "", None, -1)
"""Stands where a node was whose graph a backward pass has used up."""


def backward(root: tensors.Tensor, gradient: Array | None = None, keep: bool = False) -> None:
    """Put the gradient of ``root``, weighted by ``gradient``, into ``grad`` of every leaf.

    ``keep`` leaves the graph in place, so that it can be gone through once more.
    """
    recorder = active()
    with quiet():
        passed = _Pass(None if recorder is None else recorder.calls)
        passed.start(root, gradient)
        passed.through_operations()
        passed.to_leaves()
    if not keep:
        for tensor in passed.done:
            tensor.node = SPENT


class _Pass:
    """One backward pass."""

    __slots__ = ("calls", "done", "gradients", "leaves", "several", "waiting")

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.gradients: dict[Any, Array] = {}
        """What has come to each tensor; of several contributions, the first."""
        self.several: dict[Any, tuple[list[Array], list[Node]]] = {}
        """All contributions to a tensor that had more than one, and where they came from."""
        self.waiting: list[tuple[int, Any]] = []
        """A heap of tensors whose operation's turn will come, the last operation first."""
        self.done: list[Any] = []
        self.leaves: list[Any] = []

    def start(self, root: tensors.Tensor, gradient: Array | None) -> None:
        """The gradient of ``root`` with respect to itself: 1, or the weights that were given."""
        if gradient is None:
            op, given, told = SEED, (), {"shape": root.data.shape}
        else:
            op, given, told = GIVEN, (gradient,), {}  # type: ignore[assignment]
        g: Array = op.forward(*given, **told)
        if self.calls is not None:
            frame = caller(_getframe(3))
            place = ("", frame.f_code, frame.f_lasti)
            self.calls.append((BACKWARD, op.name, given, g, told, *place, None, None, root.data))
        self.gradients[root] = g
        if root.node is None:
            self.leaves.append(root)
        else:
            self.waiting.append((root.node[0], root))

    def through_operations(self) -> None:  # noqa: PLR0912 - hot: calls would cost more than it
        """Each operation's contributions to the gradients of its inputs."""
        calls, gradients, waiting = self.calls, self.gradients, self.waiting
        several, leaves = self.several, self.leaves
        while waiting:
            _, tensor = heappop(waiting)
            node = tensor.node
            if node is SPENT:
                raise RuntimeError(
                    "backward: this graph was gone through already; "
                    "pass retain_graph=True the first time to do it twice."
                )
            self.done.append(tensor)
            _, op, inputs, arrays, y, attrs, module, code, instruction = node
            g = gradients.pop(tensor)
            if several and tensor in several:
                g = self.accumulated(tensor, y)
            if tensor.retains:
                self.deposit(tensor, g, node)
            available = (g, y, *arrays)
            for i, slot, rule, vjp, pick in op.plans[len(inputs)]:
                t = inputs[i]
                if not t.requires_grad:
                    continue
                used = pick(available)
                if rule.options:
                    told = options_for(rule, attrs, op.slots, arrays, i)
                    part = vjp(*used, **told)
                else:
                    told = None
                    part = vjp(*used)
                array = arrays[i]
                if part.__class__ is not Array:
                    part = np.asarray(part)
                if op.broadcasts and part.shape != array.shape:
                    told = {**(told or {}), "sum_to": array.shape}
                    part = sum_to(part, array.shape)
                elif part is g:  # an identity is still a number of its own
                    part = g.view()
                if calls is not None:
                    if op.broadcasts and float in map(type, used):
                        used, told = numbers_apart(rule.arrays, used, told)
                    calls.append(
                        (
                            BACKWARD, op.name, used, part, told, module, code, instruction,
                            y, slot, array,
                        )
                    )  # fmt: skip
                if gradients.setdefault(t, part) is not part:
                    self.meet(t, part, node)
                elif t.node is None:
                    leaves.append(t)
                else:
                    heappush(waiting, (t.node[0], t))

    def meet(self, tensor: Any, part: Array, node: Node) -> None:
        """One more contribution to a gradient that has some already."""
        parts, nodes = self.several.setdefault(tensor, ([self.gradients[tensor]], []))
        parts.append(part)
        nodes.append(node)

    def accumulated(self, tensor: Any, about: Array) -> Array:
        """The sum of what came to ``tensor``; its place is that of the last contribution."""
        parts, nodes = self.several.pop(tensor)
        return self.accumulate(tuple(parts), about, nodes[-1])

    def accumulate(self, parts: tuple[Array, ...], about: Array, node: Node) -> Array:
        g = np.asarray(ACCUMULATE.forward(*parts))
        if self.calls is not None:
            place = node[-3:]
            self.calls.append(
                (BACKWARD, ACCUMULATE.name, parts, g, None, *place, None, None, about)
            )
        return g

    def to_leaves(self) -> None:
        """Sum what came to the leaves, and put it where it is looked for."""
        for leaf in self.leaves:
            g = self.gradients[leaf]
            if leaf in self.several:
                g = self.accumulated(leaf, leaf.data)
            if leaf.grad is None:
                leaf.grad = tensors.Tensor(g)
            else:
                self.deposit(leaf, g, SPENT)

    def deposit(self, tensor: Any, g: Array, node: Node) -> None:
        """Set ``grad``, or add to what is there."""
        if tensor.grad is not None:
            g = self.accumulate((tensor.grad.data, g), tensor.data, node)
        tensor.grad = tensors.Tensor(g)

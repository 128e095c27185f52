"""The graph of autograd as one backward pass went through it, and the calls that each node made."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from tuiexplain.lab.recording.ledger import flatten
from tuiexplain.lab.recording.listener import Raw
from tuiexplain.lab.recording.operation import operation
from tuiexplain.lab.recording.private import number_of

Edge = tuple[Any, int]
"""A node and which of its outputs (forward): where a gradient goes."""

Place = tuple[int, int]
"""Where gradients are gathered: a node (its ``id``) and which output of it."""


@dataclass
class Work:
    """What one node did: a run of calls."""

    node: Any
    calls: list[int] = field(default_factory=list)


def edges(node: Any) -> list[Edge]:
    """Where the gradients of a node's inputs go, input by input; ``(None, 0)`` for nowhere."""
    return list(node.next_functions)


def leaf_of(node: Any) -> Tensor | None:
    """The leaf that a node gathers gradients for, if that is what it does."""
    is_leaf = node.name().endswith("AccumulateGrad")
    return node.variable if is_leaf else None


class Numbers:
    """Which forward call a node belongs to, by the numbers that autograd counts up."""

    def __init__(self, calls: Sequence[Raw], first: int) -> None:
        self.calls = calls
        self._first = first
        self._numbers: list[int] = []
        self._starts: list[int] = []
        last = first
        for call, raw in enumerate(calls):
            if raw[5] > last:
                last = raw[5]
                self._numbers.append(last - 1)
                self._starts.append(call)

    def call(self, node: Any) -> int | None:
        """The forward call whose derivative ``node`` is; ``None`` if it ran before the recording.

        An operation in place may copy its input between its node and itself, so the name counts
        too; writing to a view adds nodes after the operation, whose numbers follow its own.
        """
        if leaf_of(node) is not None:
            return None
        number = number_of(node)
        at = bisect.bisect_right(self._numbers, number) - 1
        if number < self._first or at < 0:
            return None
        start = self._starts[at]
        last = len(self.calls)
        end = self._starts[at + 1] if at + 1 < len(self._starts) else last
        if hasattr(type(node), "_forward_cls"):
            # A function of the user's own: its node was made before all that it ran.
            for call in range(end - 1, start - 1, -1):
                made = (tensor for _, tensor in flatten(self.calls[call][3]))
                if any(t.requires_grad and t.grad_fn is node for t in made):
                    return call
        stem = node.name().partition("Backward")[0].lower()
        exact = self._numbers[at] == number
        for call in range(start, min(end, start + NEAR) if exact else min(end + NEAR, last)):
            if operation(self.calls[call][0]).name.replace("_", "") == stem:
                return call
        return start


NEAR = 4
"""So many calls are looked at for one whose name is the node's."""


class Pass:
    """One backward pass: the nodes that can be reached from where it started."""

    def __init__(self, calls: Sequence[Raw], works: Sequence[Work], roots: Iterable[Any]) -> None:
        self.works: dict[int, list[Work]] = {}
        for work in works:
            self.works.setdefault(id(work.node), []).append(work)
        self.waiting: dict[int, int] = {}
        """For each node: how many edges lead to it."""
        self._keep: list[Any] = []
        self.roots = list(roots)
        stack = list(self.roots)
        seen = {id(node) for node in stack}
        while stack:
            node = stack.pop()
            self._keep.append(node)
            for target, _ in edges(node):
                if target is None:
                    continue
                self.waiting[id(target)] = self.waiting.get(id(target), 0) + 1
                if id(target) not in seen:
                    seen.add(id(target))
                    stack.append(target)
        self._inputs: dict[int, set[int]] = {}
        self._uses: dict[int, set[int]] = {}
        self.meets: dict[int, set[Place]] = {}
        """For each tensor that another was added to: the places where that may have been."""
        for work in works:
            places = [(id(node), output) for node, output in edges(work.node) if node is not None]
            sums = _last_additions(work, calls)
            own = work.calls[: len(work.calls) - len(sums)]
            inputs = {id(t) for call in own for t in tensors_in(calls[call])}
            self._inputs.setdefault(id(work.node), set()).update(inputs)
            for position, call in enumerate(sums):
                here = places[position : position + 1] if len(sums) == len(places) else places
                self.meets.setdefault(id(calls[call][1][0]), set()).update(here)

    def uses(self, node: Any) -> set[int]:
        """The tensors that ``node`` worked on; where it only hands on, those of the nodes after it."""
        found = self._uses.get(id(node))
        if found is None:
            self._uses[id(node)] = found = set(self._inputs.get(id(node), ()))
            if not found:
                for target, _ in edges(node):
                    if target is not None:
                        found |= self.uses(target)
        return found

    def needed(self, node: Any) -> bool:
        """Whether anything was worked out at ``node`` or after it."""
        return bool(self.uses(node))


def _last_additions(work: Work, calls: Sequence[Raw]) -> list[int]:
    """The additions that a node's calls end with."""
    first = len(work.calls)
    while first and is_addition(calls[work.calls[first - 1]]):
        first -= 1
    return work.calls[first:]


def tensors_in(raw: Raw) -> list[Tensor]:
    """The tensors among the arguments of a call."""
    found = [t for _, t in flatten(raw[1])]
    for value in raw[1]:
        if isinstance(value, list | tuple):
            found += [t for _, t in flatten(value)]
    return found + [t for t in (raw[2] or {}).values() if isinstance(t, Tensor)]


def is_addition(raw: Raw) -> bool:
    """Whether a call adds two tensors and does nothing else."""
    name = raw[0]._schema.name
    return (
        name in ("aten::add", "aten::add_")
        and len(raw[1]) == 2
        and isinstance(raw[1][0], Tensor)
        and isinstance(raw[1][1], Tensor)
        and not raw[2]
    )

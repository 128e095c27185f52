"""Which of a node's results goes along which edge of the graph.

Autograd does not say; the calls do. What is added to a gradient that waits already stands in that
sum; what the next node works on came to it; and what neither tells, the order does in which
autograd works out the gradients of an operation's inputs: that of their names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from tuiexplain.lab.recording.answers import Answers
from tuiexplain.lab.recording.graph import Edge, Pass, Place, is_addition, tensors_in
from tuiexplain.lab.recording.ledger import flatten
from tuiexplain.lab.recording.listener import Raw
from tuiexplain.lab.recording.operation import operation
from tuiexplain.lab.recording.stored import Stored


@dataclass
class Visit:
    """One node, while the pass is at it."""

    node: Any
    targets: Sequence[Edge]
    incoming: Mapping[int, Stored]
    """The gradients that came to the node, by output."""
    calls: Sequence[int]
    """What the node itself ran ..."""
    sums: Sequence[int]
    """... and the sums that autograd made after it, where its results met others."""

    @property
    def local(self) -> dict[int, Stored]:
        """What the tensors that came in are here; elsewhere they may be other gradients too."""
        return {id(stored.live): stored for stored in self.incoming.values()}


Evidence = Callable[[Tensor, Edge], bool]


class Handing:
    """Decides what goes where, node by node."""

    def __init__(
        self,
        calls: Sequence[Raw],
        graph: Pass,
        answers: Answers,
        waiting: Mapping[Place, Stored],
        own: Callable[[int], bool],
    ) -> None:
        self.calls, self.graph, self.answers = calls, graph, answers
        self.waiting, self.own = waiting, own

    def visit(
        self,
        node: Any,
        calls: Sequence[int],
        targets: Sequence[Edge],
        incoming: Mapping[int, Stored],
    ) -> Visit:
        """Part a node's calls into its own and the sums after it."""
        places = [(id(target), output) for target, output in targets if target is not None]
        meeting = {id(self.waiting[p].live) for p in places if p in self.waiting}
        if len(set(places)) < len(places):  # two results meet each other
            meeting |= {id(stored.live) for stored in incoming.values()}
            meeting |= {id(t) for call in calls for _, t in flatten(self.calls[call][3])}
        left = sum(places.index(p) < i or p in self.waiting for i, p in enumerate(places))
        end = len(calls)
        while left and end and is_addition(self.calls[calls[end - 1]]):
            if not any(id(t) in meeting for t in tensors_in(self.calls[calls[end - 1]])):
                break
            end, left = end - 1, left - 1
            meeting.add(id(self.calls[calls[end]][3]))
        return Visit(node, targets, incoming, calls[:end], calls[end:])

    def given(self, visit: Visit) -> dict[int, Tensor]:
        """For each edge the tensor that went along it, as far as it can be told."""
        given = self._summed(visit)
        taken = {id(t) for t in given.values()}
        results = [t for t in self._results(visit) if id(t) not in taken]
        passed = [stored.live for stored in visit.incoming.values()]
        order = sorted(range(len(visit.targets)), key=lambda i: self._rank(visit, i))
        evidence: tuple[Evidence, ...] = (self._worked_on, self._met, lambda tensor, edge: True)
        for holds in evidence:
            for position in order:
                edge = visit.targets[position]
                if edge[0] is None or position in given:
                    continue
                free = [t for t in results if id(t) not in taken]
                value = self.answers.value(edge)
                fitting = [t for t in (*free, *passed) if value is None or t.shape == value.shape]
                found = next((t for t in fitting if holds(t, edge)), None)
                made_here = any(found is t for t in free)
                if found is not None and (made_here or self.graph.needed(edge[0])):
                    given[position] = found
                    taken.add(id(found))
        return given

    def _worked_on(self, tensor: Tensor, edge: Edge) -> bool:
        return id(tensor) in self.graph.uses(edge[0])

    def _met(self, tensor: Tensor, edge: Edge) -> bool:
        return (id(edge[0]), edge[1]) in self.graph.meets.get(id(tensor), ())

    def _rank(self, visit: Visit, position: int) -> tuple[str, int]:
        """Autograd works out the gradients of an operation's inputs in the order of their names."""
        slot = self.answers.slot(visit.node, self.answers.value(visit.targets[position])) or ""
        return ("self" if slot == "x" else slot, position)

    def _summed(self, visit: Visit) -> dict[int, Tensor]:
        """What was added to gradients that waited already: there it stands in the sum."""
        given: dict[int, Tensor] = {}
        waiting = {place: stored.live for place, stored in self.waiting.items()}
        left = list(visit.sums)
        for position, (target, output) in enumerate(visit.targets):
            place = (id(target), output)
            there = waiting.get(place)
            before = [i for i in range(position) if visit.targets[i] == (target, output)]
            if target is None or not left or (there is None and not before):
                continue
            first, second = tensors_in(self.calls[left[0]])
            if there is None:
                given[before[0]] = first
            elif first is not there:
                continue
            given[position] = second
            waiting[place] = self.calls[left.pop(0)][3]
        return given

    def _results(self, visit: Visit) -> list[Tensor]:
        """What a node's calls made that may be the gradient of something."""
        inner = {id(t) for call in visit.calls for t in tensors_in(self.calls[call])}
        used = [self.graph.uses(target) for target, _ in visit.targets if target is not None]
        results: list[Tensor] = []
        for call in visit.calls:
            if not self.own(call) or operation(self.calls[call][0]).hands_on:
                continue
            for _, tensor in flatten(self.calls[call][3]):
                outside = id(tensor) in self.graph.meets or any(id(tensor) in u for u in used)
                if outside or id(tensor) not in inner:
                    results.append(tensor)
        return results

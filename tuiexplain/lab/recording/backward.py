"""The backward pass: whose gradient each array is, and which forward operation it answers.

Autograd tells which node ran each operation, not what the results are for. That follows from the
graph: a node's results go along its edges. The pass is gone through again, node by node, with the
gradients that wait at each edge; where two meet, autograd adds them, and where a node does nothing
(a sum forward), the gradient passes on as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from tuiexplain.lab.recording.assembly import Assembly, Made
from tuiexplain.lab.recording.graph import (
    Edge,
    Numbers,
    Pass,
    Place,
    Work,
    edges,
    is_addition,
    leaf_of,
    tensors_in,
)
from tuiexplain.lab.recording.ledger import flatten
from tuiexplain.lab.recording.operation import operation
from tuiexplain.lab.recording.stored import Stored, address
from tuiexplain.trace.event import Phase


class Backward:
    """One backward pass, gone through again in the order in which it ran."""

    def __init__(
        self,
        assembly: Assembly,
        numbers: Numbers,
        works: Sequence[Work],
        seeds: Mapping[int, Stored],
    ) -> None:
        self.assembly, self.numbers = assembly, numbers
        self.calls = assembly.calls
        self.waiting: dict[Place, Stored] = {}
        self.here: tuple[Any, ...] | None = None
        """Where the pass was asked for."""
        roots = []
        for call, stored in seeds.items():
            loss: Tensor = self.calls[call][1][0]
            self.here = self.calls[call][6:8]
            if loss.grad_fn is not None:
                roots.append(loss.grad_fn)
                self.waiting[id(loss.grad_fn), loss.output_nr] = stored
        self.graph = Pass(self.calls, works, roots or [w.node for w in works[:1]])
        self.left = dict(self.graph.waiting)

    def start(self) -> None:
        """Go through the nodes that do nothing at the very start."""
        for node in self.graph.roots:
            if id(node) not in self.graph.works and not self.left.get(id(node)):
                self.work(Work(node))

    def work(self, work: Work) -> None:
        """Tell what one node made, and the nodes after it that do nothing themselves."""
        node = work.node
        leaf = leaf_of(node)
        if leaf is not None:
            self._gather(work, leaf)
            return
        targets = edges(node)
        incoming = self._incoming(node)
        calls, sums = self._split(work, targets, incoming)
        given = self._hand_out(node, calls, sums, targets, incoming)
        self._perform(node, calls, given, targets, incoming)
        self._deliver(work, sums, targets, given, incoming)
        for target, _ in targets:
            if target is None or id(target) not in self.left:
                continue
            self.left[id(target)] -= 1
            if not self.left[id(target)] and id(target) not in self.graph.works:
                self.work(Work(target))

    # -- what came in --------------------------------------------------------------------------------

    def _incoming(self, node: Any) -> dict[int, Stored]:
        """The gradients that wait at a node, by output; they wait no longer."""
        places = [place for place in self.waiting if place[0] == id(node)]
        return {place[1]: self.waiting.pop(place) for place in places}

    def _split(
        self, work: Work, targets: Sequence[Edge], incoming: Mapping[int, Stored]
    ) -> tuple[list[int], list[int]]:
        """A node's own calls, and the sums that autograd made after it, where gradients met."""
        places = [(id(t), n) for t, n in targets if t is not None]
        waiting = {id(self.waiting[p].live) for p in places if p in self.waiting}
        if len(set(places)) < len(places):
            waiting |= {id(s.live) for s in incoming.values()}
            waiting |= {id(t) for c in work.calls for _, t in flatten(self.calls[c][3])}
        end = len(work.calls)
        met = sum(places.index(p) < i or p in self.waiting for i, p in enumerate(places))
        while met and end and is_addition(self.calls[work.calls[end - 1]]):
            if not any(id(t) in waiting for t in tensors_in(self.calls[work.calls[end - 1]])):
                break
            end, met = end - 1, met - 1
            waiting |= {id(t) for _, t in flatten(self.calls[work.calls[end]][3])}
        return work.calls[:end], work.calls[end:]

    # -- what goes out -------------------------------------------------------------------------------

    def _hand_out(
        self,
        node: Any,
        calls: Sequence[int],
        sums: Sequence[int],
        targets: Sequence[Edge],
        incoming: Mapping[int, Stored],
    ) -> dict[int, Tensor]:
        """For each edge the tensor that went along it, as far as it can be told."""
        given = self._summed(sums, targets)
        taken = {id(t) for t in given.values()}
        results = self._results(calls, targets, taken)
        passed = [stored.live for stored in incoming.values()]
        order = sorted(range(len(targets)), key=lambda i: self._in_order(node, i, targets[i]))

        def worked_on(tensor: Tensor, edge: Edge) -> bool:
            return id(tensor) in self.graph.uses(edge[0])

        def met(tensor: Tensor, edge: Edge) -> bool:
            return (id(edge[0]), edge[1]) in self.graph.meets.get(id(tensor), ())

        def fits_only(tensor: Tensor, edge: Edge) -> bool:
            return True

        for sure in (worked_on, met, fits_only):
            for position in order:
                edge = targets[position]
                if edge[0] is None or position in given:
                    continue
                value = self._value(edge)
                free = [t for t in results if id(t) not in taken]
                fitting = [t for t in (*free, *passed) if value is None or t.shape == value.shape]
                found = next((t for t in fitting if sure(t, edge)), None)
                if found is None or not (
                    self.graph.needed(edge[0]) or any(found is t for t in free)
                ):
                    continue
                given[position] = found
                taken.add(id(found))
        return given

    def _summed(self, sums: Sequence[int], targets: Sequence[Edge]) -> dict[int, Tensor]:
        """What was added to gradients that waited already: there it stands in the sum."""
        given: dict[int, Tensor] = {}
        waiting = {place: stored.live for place, stored in self.waiting.items()}
        left = list(sums)
        for position, (target, output) in enumerate(targets):
            place = (id(target), output)
            there = waiting.get(place)
            before = [i for i in range(position) if targets[i] == (target, output)]
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

    def _results(
        self, calls: Sequence[int], targets: Sequence[Edge], taken: set[int]
    ) -> list[Tensor]:
        """What a node's calls made that may be the gradient of something."""
        inner = {id(t) for c in calls for t in tensors_in(self.calls[c])}
        results: list[Tensor] = []
        for call in calls:
            if self._recomputed(call) or operation(self.calls[call][0]).hands_on:
                continue
            for _, tensor in flatten(self.calls[call][3]):
                outside = id(tensor) in self.graph.meets or any(
                    id(tensor) in self.graph.uses(target) for target, _ in targets if target
                )
                if id(tensor) not in taken and (id(tensor) not in inner or outside):
                    results.append(tensor)
        return results

    def _in_order(self, node: Any, position: int, edge: Edge) -> tuple[str, int]:
        """Autograd works out the gradients of an operation's inputs in the order of their names."""
        slot = self._slot(node, position, self._value(edge)) or ""
        return ("self" if slot == "x" else slot, position)

    def _perform(
        self,
        node: Any,
        calls: Sequence[int],
        given: dict[int, Tensor],
        targets: Sequence[Edge],
        incoming: Mapping[int, Stored],
    ) -> None:
        """Tell what a node's calls made; ``given`` says which results go where."""
        answers = self._answers(node)
        local = {id(stored.live): stored for stored in incoming.values()}
        goes: dict[int, int] = {}
        for position, tensor in given.items():
            if not self._written_later(tensor, calls):
                goes.setdefault(id(tensor), position)

        def target(pick: int, tensor: Tensor) -> dict[str, Any]:
            position = goes.get(id(tensor))
            if position is None:
                return {"answers": answers}
            about = self._value(targets[position])
            return {"answers": answers, "about": about, "wrt": self._slot(node, position, about)}

        for call in calls:
            if self._recomputed(call):
                self.assembly.perform(call, Phase.BACKWARD)
            else:
                self.assembly.perform(call, Phase.BACKWARD, target, local)

    def _deliver(
        self,
        work: Work,
        sums: Sequence[int],
        targets: Sequence[Edge],
        given: Mapping[int, Tensor],
        incoming: Mapping[int, Stored],
    ) -> None:
        """Let the results wait where they are going; where others wait already, they are added."""
        sums = list(sums)
        local = {id(stored.live): stored for stored in incoming.values()}
        first: set[int] = set()
        for position, (target, output) in enumerate(targets):
            tensor = given.get(position)
            if tensor is None or target is None:
                continue
            about = self._value((target, output))
            stored = local.get(id(tensor)) or self._after(work, tensor, position, about)
            if id(tensor) in local or id(tensor) in first or stored is None:
                stored = self._pass_on(work, position, stored, tensor, about)
            first.add(id(tensor))
            place = (id(target), output)
            if place in self.waiting and sums:
                stored = self._sum(sums.pop(0), (self.waiting[place], stored), about)
            self.waiting[place] = stored

    def _after(
        self, work: Work, tensor: Tensor, position: int, about: Stored | None
    ) -> Stored | None:
        """What ``tensor`` is when a node has done its work: it may have been written to by then."""
        known = self.assembly.ledger.known(tensor)
        if known is None or not work.calls:
            return known
        stored = self.assembly.find(tensor, work.calls[-1])
        made = self.assembly.by_output.get(id(stored))
        if stored is not known and made is not None:
            made.about, made.answers = about, self._answers(work.node)
            made.wrt = self._slot(work.node, position, about)
        return stored

    def _pass_on(
        self, work: Work, position: int, stored: Stored | None, tensor: Tensor, about: Stored | None
    ) -> Stored:
        """A gradient that a node hands on as it is: the same numbers, of another value."""
        moment = stored.moment if stored is not None else 0
        again = stored.again if stored is not None else None
        same = Stored(tensor, moment, self.assembly.memory, again)
        answers = self._answers(work.node)
        if stored is None or about is None or answers is None:
            return same
        call = self.numbers.call(work.node)
        assert call is not None
        raw = self.calls[call]
        op = operation(raw[0]).name
        attrs = {"slots": ("g",), "passed_on": True}
        made = Made(Phase.BACKWARD, op, (stored,), same, attrs, raw, call)
        made.answers, made.about = answers, about
        made.wrt = self._slot(work.node, position, about)
        self.assembly.add(made)
        return same

    def _sum(self, call: int, parts: tuple[Stored, ...], about: Stored | None) -> Stored:
        raw = self.calls[call]
        tensor: Tensor = raw[3]
        total = Stored(tensor, 2 * call + 1, self.assembly.memory)
        attrs = {"slots": tuple(f"parts.{i}" for i in range(len(parts)))}
        made = Made(Phase.BACKWARD, "accumulate", parts, total, attrs, raw, call, about=about)
        self.assembly.add(made)
        self.assembly.ledger.put(tensor, total)
        return total

    def _gather(self, work: Work, leaf: Tensor) -> None:
        """A leaf's gradient becomes its ``.grad``, or is added to the one that is there."""
        stored = self._incoming(work.node).get(0)
        about = self.assembly.find(leaf, work.calls[0]) if work.calls else None
        for call in work.calls:
            raw = self.calls[call]
            name = operation(raw[0]).name
            if name == "add" and stored is not None:
                before = self.assembly.find(raw[1][0], call)
                if stored.live is not raw[1][1]:
                    stored = self.assembly.find(raw[1][1], call)
                total = self._sum(call, (before, stored), about)
                if raw[3] is raw[1][0]:
                    self.assembly.ledger.write(raw[3], total)
            elif name in ("copy", "clone", "detach") and stored is not None:
                self.assembly.ledger.same(raw[3], stored)
            else:
                self.assembly.perform(call, Phase.BACKWARD)

    # -- what it is about ------------------------------------------------------------------------------

    def _answers(self, node: Any) -> Stored | None:
        call = self.numbers.call(node)
        outputs = {} if call is None else self.assembly.outputs.get(call, {})
        return outputs.get(0) or next(iter(outputs.values()), None)

    def _value(self, edge: Edge) -> Stored | None:
        """The forward value whose gradient goes along ``edge``."""
        node, output = edge
        if node is None:
            return None
        leaf = leaf_of(node)
        if leaf is not None:
            return self.assembly.ledger.known(leaf)
        call = self.numbers.call(node)
        if call is None:
            return None
        if node.name().endswith("CopySlices"):
            base = self.calls[call][1][0]._base
            return self.assembly.ledger.rewritten.get((id(base), 2 * call + 1))
        return self.assembly.outputs.get(call, {}).get(output)

    def _slot(self, node: Any, position: int, about: Stored | None) -> str | None:
        """What the answered operation calls the input whose gradient this is."""
        call = self.numbers.call(node)
        answers = self._answers(node)
        made = self.assembly.by_output.get(id(answers))
        if made is not None:
            for slot, stored in zip(made.attrs["slots"], made.inputs, strict=True):
                if stored is about:
                    return str(slot)
        return None if call is None else f"input {position}"

    def _written_later(self, tensor: Tensor, calls: Sequence[int]) -> bool:
        """Whether one of ``calls`` writes to the memory of ``tensor`` through another tensor."""
        return any(
            operation(self.calls[c][0]).positions
            and self.calls[c][1][0] is not tensor
            and address(self.calls[c][1][0]) == address(tensor)
            for c in calls
        )

    def _recomputed(self, call: int) -> bool:
        """Whether a call within backward ran code of the user's again, as checkpointing does."""
        raw = self.calls[call]
        return raw[5] > 0 and self.here is not None and raw[6:8] != self.here

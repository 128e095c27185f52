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

from tuiexplain.lab.recording.answers import Answers
from tuiexplain.lab.recording.assembly import Assembly
from tuiexplain.lab.recording.graph import Numbers, Pass, Place, Work, edges, leaf_of
from tuiexplain.lab.recording.handing import Handing, Visit
from tuiexplain.lab.recording.made import Made
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
        self.answers = Answers(assembly, numbers)
        self.handing = Handing(self.calls, self.graph, self.answers, self.waiting, self._is_own)

    def start(self) -> None:
        """Go through the nodes that do nothing at the very start."""
        for node in self.graph.roots:
            if id(node) not in self.graph.works and not self.left.get(id(node)):
                self.work(Work(node))

    def work(self, work: Work) -> None:
        """Tell what one node made, and the nodes after it that do nothing themselves."""
        todo = [work]
        while todo:
            work = todo.pop()
            leaf = leaf_of(work.node)
            if leaf is not None:
                self._gather(work, leaf)
                continue
            targets = edges(work.node)
            visit = self.handing.visit(work.node, work.calls, targets, self._incoming(work.node))
            given = self.handing.given(visit)
            self._perform(visit, given)
            self._deliver(visit, given)
            for target, _ in targets:
                if target is None or id(target) not in self.left:
                    continue
                self.left[id(target)] -= 1
                if not self.left[id(target)] and id(target) not in self.graph.works:
                    todo.append(Work(target))

    def _incoming(self, node: Any) -> dict[int, Stored]:
        """The gradients that wait at a node, by output; they wait no longer."""
        places = [place for place in self.waiting if place[0] == id(node)]
        return {place[1]: self.waiting.pop(place) for place in places}

    def _is_own(self, call: int) -> bool:
        """Whether a call is autograd's: checkpointing runs code of the user's again in between."""
        raw = self.calls[call]
        return raw[5] == 0 or self.here is None or raw[6:8] == self.here

    def _perform(self, visit: Visit, given: Mapping[int, Tensor]) -> None:
        """Tell what a node's calls made; ``given`` says which results go where."""
        goes: dict[int, int] = {}
        for position, tensor in given.items():
            if not self._written_later(tensor, visit.calls):
                goes.setdefault(id(tensor), position)

        def target(tensor: Tensor) -> dict[str, Any]:
            position = goes.get(id(tensor))
            return self._purpose(visit, position)

        for call in visit.calls:
            if self._is_own(call):
                self.assembly.perform(call, Phase.BACKWARD, target, visit.local)
            else:
                self.assembly.perform(call, Phase.BACKWARD)

    def _purpose(self, visit: Visit, position: int | None) -> dict[str, Any]:
        """What an array is for that a node made: ``answers``, ``about`` and ``wrt`` of an event."""
        answers = self.answers.output(visit.node)
        if position is None:
            return {"answers": answers}
        about = self.answers.value(visit.targets[position])
        slot = self.answers.slot(visit.node, about)
        return {"answers": answers, "about": about, "wrt": slot or f"input {position}"}

    def _deliver(self, visit: Visit, given: Mapping[int, Tensor]) -> None:
        """Let the results wait where they are going; where others wait already, they are added."""
        sums, local = list(visit.sums), visit.local
        delivered: set[int] = set()
        for position, (target, output) in enumerate(visit.targets):
            tensor = given.get(position)
            if tensor is None or target is None:
                continue
            stored = local.get(id(tensor)) or self._after(visit, tensor, position)
            if id(tensor) in local or id(tensor) in delivered or stored is None:
                stored = self._pass_on(visit, position, stored, tensor)
            delivered.add(id(tensor))
            place = (id(target), output)
            if place in self.waiting and sums:
                about = self.answers.value((target, output))
                stored = self._sum(sums.pop(0), (self.waiting[place], stored), about)
            self.waiting[place] = stored

    def _after(self, visit: Visit, tensor: Tensor, position: int) -> Stored | None:
        """What ``tensor`` is when a node has done its work: it may have been written to by then."""
        known = self.assembly.ledger.known(tensor)
        if known is None or not visit.calls:
            return known
        stored = self.assembly.find(tensor, visit.calls[-1])
        made = self.assembly.by_output.get(id(stored))
        if stored is not known and made is not None:
            made.take(self._purpose(visit, position))
        return stored

    def _pass_on(
        self, visit: Visit, position: int, stored: Stored | None, tensor: Tensor
    ) -> Stored:
        """A gradient that a node hands on as it is: the same numbers, of another value."""
        moment = stored.moment if stored is not None else 0
        same = Stored(tensor, moment, self.assembly.memory, stored.again if stored else None)
        call = self.numbers.call(visit.node)
        purpose = self._purpose(visit, position)
        if stored is not None and call is not None and purpose["about"] and purpose["answers"]:
            raw = self.calls[call]
            attrs = {"slots": ("g",), "passed_on": True}
            made = Made(Phase.BACKWARD, operation(raw[0]).name, (stored,), same, attrs, raw, call)
            made.take(purpose)
            self.assembly.add(made)
        return same

    def _sum(self, call: int, parts: tuple[Stored, ...], about: Stored | None) -> Stored:
        raw = self.calls[call]
        total = Stored(raw[3], 2 * call + 1, self.assembly.memory)
        attrs = {"slots": tuple(f"parts.{i}" for i in range(len(parts)))}
        made = Made(Phase.BACKWARD, "accumulate", parts, total, attrs, raw, call, about=about)
        self.assembly.add(made)
        self.assembly.ledger.put(raw[3], total)
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

    def _written_later(self, tensor: Tensor, calls: Sequence[int]) -> bool:
        """Whether one of ``calls`` writes to the memory of ``tensor`` through another tensor."""
        return any(
            operation(self.calls[c][0]).positions
            and self.calls[c][1][0] is not tensor
            and address(self.calls[c][1][0]) == address(tensor)
            for c in calls
        )

"""From what the listener wrote down to events: one for each array that was made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from torch import Tensor

from tuiexplain.lab.recording.again import Rerun
from tuiexplain.lab.recording.ledger import Ledger, flatten
from tuiexplain.lab.recording.listener import Listener
from tuiexplain.lab.recording.made import FORGETS, Made, bound, outputs, place_of
from tuiexplain.lab.recording.operation import UNDECLARED_WRITES, Effect, operation
from tuiexplain.lab.recording.stored import Memory, Stored
from tuiexplain.trace.event import Phase

Target = Callable[[Tensor], Mapping[str, Any]]
"""What an output is for: ``answers``, ``wrt`` and ``about`` of a :class:`Made`."""


class Assembly:
    """Goes through the calls in order and tells what each made."""

    def __init__(self, listener: Listener, memory: Memory, lasting: Collection[int] = ()) -> None:
        self.calls, self.memory = listener.calls, memory
        self.lasting = lasting
        """The ``id`` of the tensors that outlast the step although it may have made them."""
        self.ledger = Ledger(memory)
        self.made: list[Made] = []
        self.by_output: dict[int, Made] = {}
        self.outputs: dict[int, dict[int, Stored]] = {}
        """For each call: what its outputs are, by their numbers."""
        self.roots: dict[int, Stored] = {}
        """For each value that overwrote a leaf, or what an optimiser remembers: the first one."""
        self.first: dict[int, Stored] = {}
        """What each lasting tensor was when it was overwritten for the first time."""

    def add(self, made: Made) -> None:
        """One more event."""
        self.made.append(made)
        self.by_output[id(made.output)] = made

    def find(self, tensor: Tensor, call: int) -> Stored:
        """The value that ``tensor`` is just before ``call``."""
        return self.ledger.find(tensor, 2 * call, self._rewritten)

    def perform(
        self,
        call: int,
        phase: Phase,
        target: Target | None = None,
        local: Mapping[int, Stored] | None = None,
    ) -> None:
        """Tell what one call made. ``local``: what tensors are that are several values at once."""
        raw = self.calls[call]
        told = operation(raw[0])
        results = dict(flatten(raw[3]))
        if told.effect is Effect.MAKES_BLANK:
            for tensor in results.values():
                self.ledger.blank(tensor)
        elif told.hands_on:
            source = (local or {}).get(id(raw[1][0])) or self.find(raw[1][0], call)
            self.ledger.same(results[0], source)
            self.outputs[call] = {0: source}
        elif results or told.writes:  # else it made a plain number, or nothing
            self._make(call, phase, target, local or {})

    def _make(
        self,
        call: int,
        phase: Phase,
        target: Target | None,
        local: Mapping[int, Stored],
    ) -> None:
        raw = self.calls[call]
        told = operation(raw[0])

        def find(tensor: Tensor) -> Stored | None:
            if told.name in FORGETS and self.ledger.is_blank(tensor):
                return None
            return local.get(id(tensor)) or self.find(tensor, call)

        given = bound(told, raw, find)
        overwritten = given.overwritten(told)
        if told.name in UNDECLARED_WRITES and not given.options.get("training"):
            overwritten = {}
        if told.name in FORGETS:
            given.slots = [slot for slot in given.slots if slot[0] not in overwritten]
        by_tensor = {id(tensor): stored for _, tensor, stored in given.slots}
        earlier: dict[str, Stored] = {}
        for output in outputs(told, raw[3], overwritten):
            again = Rerun(raw[0], raw[1], raw[2], by_tensor, output.pick) if raw[-1] else None
            stored = Stored(output.tensor, 2 * call + 1, self.memory, again)
            used = [name for name in output.uses if name in earlier]
            inputs = (*(s for _, _, s in given.slots), *(earlier[name] for name in used))
            attrs = given.described(told, output, used)
            made = Made(phase, output.op, inputs, stored, attrs, raw, call, output.part)
            earlier[output.part] = stored
            if output.old is None:
                self.ledger.put(output.tensor, stored)
            else:
                self._replaces(made, output.old, output.tensor)
                self.ledger.write(output.tensor, stored)
            if isinstance(output.pick, int):
                self.outputs.setdefault(call, {})[output.pick] = stored
                if target is not None:
                    made.take(target(output.tensor))
            self.add(made)

    def _replaces(self, made: Made, old: Stored, tensor: Tensor) -> None:
        """A leaf, or what an optimiser remembers, has new numbers."""
        root = self.roots.get(id(old), old)
        if self.ledger.is_leaf(root) or id(tensor) in self.lasting:
            self.roots[id(made.output)] = root
            self.first.setdefault(id(tensor), root)
            if made.phase is Phase.UPDATE:
                made.about = old

    def _rewritten(self, before: Stored, written: Stored, after: Stored) -> None:
        """A write through one view changed what another shows: an event right after the write."""
        write = self.by_output[id(written)]
        attrs = {
            "slots": ("x", "written"),
            "x_place": place_of(before.live),
            "written_place": place_of(written.live),
        }
        inputs = (before, written)
        made = Made(write.phase, "rewritten", inputs, after, attrs, write.raw, write.call)
        made.answers = write.answers
        self.by_output[id(after)] = made
        position = next(i for i, m in enumerate(reversed(self.made)) if m.call <= write.call)
        self.made.insert(len(self.made) - position, made)

"""The three phases of a step: which calls belong to forward, to a backward pass, to the update."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from torch import Tensor

from tuiexplain.lab.recording.assembly import Assembly
from tuiexplain.lab.recording.backward import Backward
from tuiexplain.lab.recording.graph import Numbers, Work
from tuiexplain.lab.recording.listener import Listener, Raw
from tuiexplain.lab.recording.operation import operation
from tuiexplain.lab.recording.stored import Memory, Stored
from tuiexplain.trace.event import Phase


@dataclass
class _Stretch:
    """One backward pass and what ran until the next operation that is tracked, or an optimiser.

    ``items`` are the works of nodes, and calls without a node: hooks, clipping.
    """

    seeds: list[int] = field(default_factory=list)
    items: list[Work | int] = field(default_factory=list)

    @property
    def works(self) -> list[Work]:
        return [item for item in self.items if isinstance(item, Work)]


def assembled(listener: Listener, memory: Memory, lasting: Collection[int] = ()) -> Assembly:
    """Everything that the listener wrote down, as events to be."""
    assembly = Assembly(listener, memory, lasting)
    numbers = Numbers(listener.calls, listener.first_number)
    passed = False
    for part in _stretches(listener.calls):
        if isinstance(part, int):
            assembly.perform(part, _phase(listener.calls[part], passed))
        else:
            _run(assembly, numbers, part)
            passed = True
    return assembly


def _stretches(calls: list[Raw]) -> list[int | _Stretch]:
    parts: list[int | _Stretch] = []
    open_: _Stretch | None = None
    for call, raw in enumerate(calls):
        node, tracked, stepping, seed = raw[4], raw[5] > 0, raw[11], raw[10]
        if seed:
            if open_ is None or open_.works:
                open_ = _Stretch()
                parts.append(open_)
            open_.seeds.append(call)
        elif node is not None:
            if open_ is None:
                open_ = _Stretch()
                parts.append(open_)
            last = open_.items[-1] if open_.items else None
            if isinstance(last, Work) and last.node is node:
                last.calls.append(call)
            else:
                open_.items.append(Work(node, [call]))
        elif open_ is not None and not stepping and (not tracked or not open_.works):
            open_.items.append(call)
        else:
            open_ = None
            parts.append(call)
    return parts


def _run(assembly: Assembly, numbers: Numbers, stretch: _Stretch) -> None:
    seeds: dict[int, Stored] = {}
    for call in stretch.seeds:
        about = assembly.find(assembly.calls[call][1][0], call)
        assembly.perform(call, Phase.BACKWARD)
        made = assembly.made[-1]
        made.op, made.inputs, made.about = "seed", (), about
        made.attrs = {"slots": (), "shape": made.output.shape}
        seeds[call] = made.output
    backward = Backward(assembly, numbers, stretch.works, seeds)
    backward.start()
    works = len(stretch.works)
    for item in stretch.items:
        if isinstance(item, Work):
            works -= 1
            backward.work(item)
        else:
            assembly.perform(item, Phase.BACKWARD if works else Phase.UPDATE)


def _phase(raw: Raw, passed: bool) -> Phase:
    """Forward, or update: what an optimiser runs, and what runs untracked after backward."""
    if raw[11] or (passed and not raw[5]):
        return Phase.UPDATE
    told = operation(raw[0])
    for position in told.positions:
        target = raw[1][position] if position < len(raw[1]) else None
        tracked = isinstance(target, Tensor) and target.requires_grad and target.is_leaf
        if tracked and not raw[5]:
            return Phase.UPDATE
    return Phase.FORWARD

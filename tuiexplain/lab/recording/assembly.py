"""From what the listener wrote down to the calls of a trace: one for each array that was made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from tuiexplain.lab.recording.again import Rerun
from tuiexplain.lab.recording.ledger import Ledger, flatten
from tuiexplain.lab.recording.listener import Listener, Raw
from tuiexplain.lab.recording.operation import UNDECLARED_WRITES, Effect, Operation, operation
from tuiexplain.lab.recording.parts import PARTS, Part
from tuiexplain.lab.recording.stored import Memory, Stored
from tuiexplain.trace.event import Phase

FORGETS = frozenset(
    {"fill", "zero", "copy", "normal", "uniform", "bernoulli", "random", "exponential", "set"}
)
"""Operations in place that do not look at what they overwrite."""

UNSAID = frozenset({"device", "layout", "pin_memory", "memory_format", "generator", "non_blocking"})
"""Arguments that say where and how numbers lie, not which they are."""


@dataclass
class Made:
    """One event to be: an array that was made, and of what."""

    phase: Phase
    op: str
    inputs: tuple[Stored, ...]
    output: Stored
    attrs: dict[str, Any]
    raw: Raw
    call: int
    part: str = ""
    answers: Stored | None = None
    wrt: str | None = None
    about: Stored | None = None


@dataclass
class Bound:
    """The arguments of one call by their names: values, and what else it was told."""

    slots: list[tuple[str, Tensor, Stored]] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)


Target = Callable[[int, Tensor], Mapping[str, Any]]
"""What an output is for, by its number: ``answers``, ``wrt`` and ``about`` of a :class:`Made`."""


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

    def _rewritten(self, before: Stored, written: Stored, after: Stored) -> None:
        """A write through one view changed what another shows: an event right after the write."""
        write = self.by_output[id(written)]
        attrs = {
            "slots": ("x", "written"),
            "x_place": _place(before.live),
            "written_place": _place(written.live),
        }
        made = Made(
            write.phase, "rewritten", (before, written), after, attrs, write.raw, write.call
        )
        made.answers = write.answers
        self.by_output[id(after)] = made
        position = next(i for i, m in enumerate(reversed(self.made)) if m.call <= write.call)
        self.made.insert(len(self.made) - position, made)

    def perform(  # noqa: PLR0912 - one branch for each way in which a call is answered
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
            return
        if told.hands_on:
            source = self.find(raw[1][0], call)
            self.ledger.same(results[0], (local or {}).get(id(raw[1][0]), source))
            self.outputs[call] = {0: self.ledger.known(results[0]) or source}
            return
        if not results and not told.writes:
            return  # it made a plain number or nothing
        bound = self._bind(told, raw, call, local or {})
        overwritten = {n: (t, s) for n, t, s in bound.slots if n.partition(".")[0] in _own(told)}
        if told.name in UNDECLARED_WRITES and not bound.options.get("training"):
            overwritten = {}
        if told.name in FORGETS:
            bound.slots = [slot for slot in bound.slots if slot[0] not in overwritten]
        stored_by_tensor = {id(t): s for _, t, s in bound.slots}
        makes = self._outputs(told, results, overwritten)
        earlier: dict[str, Stored] = {}
        for op, part, pick, tensor, old, uses in makes:
            again = None
            if raw[-1]:
                again = Rerun(raw[0], raw[1], raw[2], stored_by_tensor, pick)
            stored = Stored(tensor, 2 * call + 1, self.memory, again)
            extra = [(name, earlier[name]) for name in uses if name in earlier]
            attrs = {
                **bound.options,
                "slots": (*(name for name, _, _ in bound.slots), *(name for name, _ in extra)),
                "overload": told.overload,
                "pick": pick,
                "kind": str(tensor.dtype),
            }
            if told.name in FORGETS:
                attrs |= {"filled": "x", "shape": stored.shape}
            inputs = (*(s for _, _, s in bound.slots), *(s for _, s in extra))
            made = Made(phase, op, inputs, stored, attrs, raw, call, part)
            if old is not None:
                self._replaces(made, old, tensor)
            if target is not None and isinstance(pick, int):
                for name, value in target(pick, tensor).items():
                    setattr(made, name, value)
            self.add(made)
            earlier[part] = stored
            if isinstance(pick, int):
                self.outputs.setdefault(call, {})[pick] = stored
            if old is not None:
                self.ledger.write(tensor, stored)
            else:
                self.ledger.put(tensor, stored)

    def _replaces(self, made: Made, old: Stored, tensor: Tensor) -> None:
        root = self.roots.get(id(old), old)
        if self.ledger.is_leaf(root) or id(tensor) in self.lasting:
            self.roots[id(made.output)] = root
            self.first.setdefault(id(tensor), root)
            if made.phase is Phase.UPDATE:
                made.about = old

    def _outputs(
        self,
        told: Operation,
        results: dict[int, Tensor],
        overwritten: dict[str, tuple[Tensor, Stored]],
    ) -> list[tuple[str, str, int | str, Tensor, Stored | None, tuple[str, ...]]]:
        """What a call made, in the order of its events: (op, part, pick, tensor, old, uses)."""
        makes: list[tuple[str, str, int | str, Tensor, Stored | None, tuple[str, ...]]] = []
        olds = {id(tensor): old for tensor, old in overwritten.values()}
        plan = PARTS.get(told.name)
        if plan is None or len(results) == 1:
            plan = tuple(Part(k, "" if len(results) == 1 else str(k)) for k in results)
        for part in plan:
            tensor = results.get(part.index)
            if tensor is None or (part.index and not tensor.numel() and len(results) > 1):
                continue
            named = part.name and not part.name.isdigit()
            op = f"{told.name}.{part.name}" if named else told.name
            old = olds.pop(id(tensor), None)
            makes.append((op, part.name, part.index, tensor, old, part.uses))
        for name, (tensor, old) in overwritten.items():
            if id(tensor) in olds:
                makes.append((f"{told.name}.{name}", name, name, tensor, old, ("mean", "rstd")))
        return makes

    def _bind(self, told: Operation, raw: Raw, call: int, local: Mapping[int, Stored]) -> Bound:
        """The arguments of a call by the names of its schema; ``self`` is called ``x``."""
        args, kwargs = raw[1], raw[2] or {}
        bound = Bound()

        def slot(name: str, tensor: Tensor) -> None:
            if told.name in FORGETS and name == "x" and self.ledger.is_blank(tensor):
                return
            stored = local.get(id(tensor)) or self.find(tensor, call)
            bound.slots.append((name, tensor, stored))

        for place, argument in enumerate(told.arguments):
            value = (
                args[place] if place < len(args) else kwargs.get(argument.name, argument.default)
            )
            name = "x" if argument.name == "self" else argument.name
            if isinstance(value, Tensor):
                slot(name, value)
            elif isinstance(value, list | tuple) and any(isinstance(v, Tensor) for v in value):
                for number, item in enumerate(value):
                    if isinstance(item, Tensor):
                        slot(f"{name}.{number}", item)
                kinds = tuple(str(v.dtype) if isinstance(v, Tensor) else None for v in value)
                bound.options[f"{name}_kinds"] = kinds
            elif argument.name not in UNSAID:
                bound.options[name] = _plain(value)
        if told.name == "as_strided":
            bound.options["x_place"] = _place(args[0])
        return bound


def _own(told: Operation) -> set[str]:
    """The slots that an operation overwrites."""
    return {"x" if name == "self" else name for name in told.writes}


def _plain(value: Any) -> Any:
    """An option as a trace's file can hold it."""
    if isinstance(value, list | tuple):
        return tuple(_plain(v) for v in value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, torch.SymInt | torch.SymFloat):
        return int(value) if isinstance(value, torch.SymInt) else float(value)
    return str(value)


def _place(tensor: Tensor) -> tuple[Any, ...]:
    """Where a tensor lies in its memory: the first place, the lengths and the steps."""
    return (int(tensor.storage_offset()), tuple(tensor.shape), tuple(tensor.stride()))

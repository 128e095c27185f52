"""Events to be: what one call made, and of what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from tuiexplain.lab.recording.ledger import flatten
from tuiexplain.lab.recording.listener import Raw
from tuiexplain.lab.recording.operation import Operation
from tuiexplain.lab.recording.parts import PARTS, Part
from tuiexplain.lab.recording.stored import Stored
from tuiexplain.trace.event import Phase

FORGETS = frozenset(
    {"fill", "zero", "copy", "normal", "uniform", "bernoulli", "random", "exponential"}
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

    def take(self, purpose: Mapping[str, Any]) -> None:
        """Set what the array is for: ``answers``, ``wrt``, ``about``."""
        for name, value in purpose.items():
            setattr(self, name, value)


@dataclass(frozen=True)
class Output:
    """One array that a call made. ``pick`` is its number, or the argument that it overwrote."""

    op: str
    part: str
    pick: int | str
    tensor: Tensor
    old: Stored | None = None
    """What it overwrote."""
    uses: tuple[str, ...] = ()
    """The parts made before it that it follows from."""


@dataclass
class Bound:
    """The arguments of one call by their names: values, and what else it was told."""

    slots: list[tuple[str, Tensor, Stored]] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)

    def overwritten(self, told: Operation) -> dict[str, tuple[Tensor, Stored]]:
        """The slots that the call writes to."""
        own = {"x" if name == "self" else name for name in told.writes}
        return {n: (t, s) for n, t, s in self.slots if n.partition(".")[0] in own}

    def described(self, told: Operation, output: Output, used: list[str]) -> dict[str, Any]:
        """The attributes of the event that makes ``output``."""
        attrs = {
            **self.options,
            "slots": (*(name for name, _, _ in self.slots), *used),
            "overload": told.overload,
            "pick": output.pick,
            "kind": str(output.tensor.dtype),
        }
        if told.name in FORGETS:
            attrs |= {"filled": "x", "shape": tuple(int(n) for n in output.tensor.shape)}
        return attrs


Find = Callable[[Tensor], Stored | None]
"""The value that a tensor is; ``None`` for one that has no numbers yet and is about to get some."""


def bound(told: Operation, raw: Raw, find: Find) -> Bound:
    """The arguments of a call by the names of its schema; ``self`` is called ``x``."""
    args, kwargs = raw[1], raw[2] or {}
    found = Bound()
    for place, argument in enumerate(told.arguments):
        value = args[place] if place < len(args) else kwargs.get(argument.name, argument.default)
        name = "x" if argument.name == "self" else argument.name
        for slot, tensor in _tensors(name, value):
            stored = find(tensor)
            if stored is not None:
                found.slots.append((slot, tensor, stored))
        if isinstance(value, list | tuple) and any(isinstance(v, Tensor) for v in value):
            kinds = tuple(str(v.dtype) if isinstance(v, Tensor) else None for v in value)
            found.options[f"{name}_kinds"] = kinds
        elif not isinstance(value, Tensor) and argument.name not in UNSAID:
            found.options[name] = _plain(value)
    if told.name == "as_strided":
        found.options["x_place"] = place_of(args[0])
    return found


def _tensors(name: str, value: Any) -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield name, value
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            if isinstance(item, Tensor):
                yield f"{name}.{number}", item


def outputs(
    told: Operation, returned: Any, overwritten: dict[str, tuple[Tensor, Stored]]
) -> Iterator[Output]:
    """What a call made, in the order of its events."""
    olds = {id(tensor): old for tensor, old in overwritten.values()}
    results = dict(flatten(returned))
    for part in _plan(told, returned):
        tensor = results.get(part.index)
        if tensor is None or (part.index and not tensor.numel()):
            continue
        own = part.name and not isinstance(returned, list)
        op = f"{told.name}.{part.name}" if own else told.name
        yield Output(op, part.name, part.index, tensor, olds.pop(id(tensor), None), part.uses)
    for name, (tensor, old) in overwritten.items():
        if id(tensor) in olds:
            yield Output(f"{told.name}.{name}", name, name, tensor, old, ("mean", "rstd"))


def _plan(told: Operation, returned: Any) -> tuple[Part, ...]:
    """What is returned, in the order in which it is told: one thing, several, or a list."""
    if isinstance(returned, list):
        return tuple(Part(k, str(k)) for k in range(len(returned)))
    if not isinstance(returned, tuple):
        return (Part(0),)
    return PARTS.get(told.name) or tuple(Part(k, str(k) if k else "") for k in range(len(returned)))


def place_of(tensor: Tensor) -> tuple[Any, ...]:
    """Where a tensor lies in its memory: the first place, the lengths and the steps."""
    return (int(tensor.storage_offset()), tuple(tensor.shape), tuple(tensor.stride()))


def _plain(value: Any) -> Any:
    """An option as a trace's file can hold it."""
    if isinstance(value, list | tuple):
        return tuple(_plain(v) for v in value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, torch.SymInt | torch.SymFloat):
        return int(value) if isinstance(value, torch.SymInt) else float(value)
    return str(value)

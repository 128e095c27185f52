"""What is known of an ATen operation before it runs: its name, its arguments, what it overwrites."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import torch

from tuiexplain.lab.recording.foreach import PREFIX

BLANK = frozenset({"empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided"})
"""Make memory without numbers in it."""

SAME = frozenset({"detach", "alias", "lift", "lift_fresh"})
"""Hand on the same numbers in the same memory, for autograd's own book-keeping."""

UNDECLARED_WRITES = {
    "native_batch_norm": ("running_mean", "running_var"),
    "cudnn_batch_norm": ("running_mean", "running_var"),
    "miopen_batch_norm": ("running_mean", "running_var"),
}
"""What operations overwrite although their schema does not say so."""


class Effect(IntEnum):
    """What an operation does to memory."""

    NONE = 0
    WRITES_FIRST = 1
    """Overwrites its first argument, a tensor."""
    WRITES = 2
    MAKES_BLANK = 3
    NOT_RECORDED = 4
    """No operation on arrays (the profiler's marks)."""
    HANDS_ON = 5
    """Its output shows the numbers of its input, in the same memory."""
    TURNS = 6
    """Changes, in place, which cells a tensor shows, not what is in memory (``transpose_``)."""
    ON_LISTS = 7
    """Works on each member of a list of tensors."""


@dataclass(frozen=True)
class Argument:
    """One argument of a schema."""

    name: str
    default: Any
    is_tensor: bool


@dataclass(frozen=True)
class Operation:
    """An overload. ``name`` is what the field calls it: ``aten::relu_`` is ``relu``."""

    name: str
    overload: str
    arguments: tuple[Argument, ...]
    writes: tuple[str, ...]
    """The arguments that it overwrites."""
    positions: tuple[int, ...]
    """The positions of those."""
    effect: Effect

    @property
    def hands_on(self) -> bool:
        """Whether its output is its input."""
        return self.effect is Effect.HANDS_ON


_known: dict[int, Operation] = {}
effects: dict[int, int] = {}
"""The effect of each overload by its ``id``: overloads are never freed, and hashing one is slow."""


def operation(func: Any) -> Operation:
    """What is known of an overload (``torch._ops.OpOverload``)."""
    found = _known.get(id(func))
    if found is None:
        found = _known[id(func)] = _read(func)
        effects[id(func)] = int(found.effect)
    return found


def _read(func: Any) -> Operation:
    schema = func._schema
    raw = schema.name.partition("::")[2]
    name = raw.strip("_")
    undeclared = UNDECLARED_WRITES.get(name, ())
    arguments, writes, positions = [], [], []
    for place, argument in enumerate(schema.arguments):
        default = argument.default_value if argument.has_default_value() else None
        arguments.append(Argument(argument.name, default, "Tensor" in str(argument.type)))
        alias = argument.alias_info
        if (alias is not None and alias.is_write) or argument.name in undeclared:
            writes.append(argument.name)
            positions.append(place)
    blank = name in BLANK
    effect = Effect.MAKES_BLANK if blank else Effect.WRITES if writes else Effect.NONE
    if positions == [0] and str(schema.arguments[0].type) == "Tensor":
        effect = Effect.WRITES_FIRST
    if torch.Tag.inplace_view in func.tags:
        effect, writes, positions = Effect.TURNS, [], []
    if schema.name.startswith(PREFIX):
        effect = Effect.ON_LISTS
    if name in SAME and not writes:
        effect = Effect.HANDS_ON
    if schema.name.startswith("profiler::"):
        effect = Effect.NOT_RECORDED
    return Operation(
        name,
        f"{schema.name}.{schema.overload_name}".rstrip("."),
        tuple(arguments),
        tuple(writes),
        tuple(positions),
        effect,
    )

"""Running a recorded operation again, on the numbers that it ran on or on others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tuiexplain.lab.recording.operation import operation
from tuiexplain.lab.recording.stored import Stored
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.event import Event


class Rerun:
    """Runs a recorded call again on the numbers that it had, and picks one of its results.

    ``pick`` is the number of the output, or the name of an argument that the call overwrites.
    """

    __slots__ = ("args", "func", "kwargs", "pick", "stored")

    def __init__(
        self, func: Any, args: Any, kwargs: Any, stored: Mapping[int, Stored], pick: int | str
    ) -> None:
        self.func, self.args, self.kwargs = func, args, kwargs or {}
        self.stored, self.pick = stored, pick

    def __call__(self, rows: slice | None = None) -> Tensor:
        """The result; with ``rows``, these of it. Work cell by cell is done for these alone."""
        alone = rows is not None and self._cell_by_cell()
        own: dict[int, Tensor] = {}

        def numbers(thing: Any) -> Any:
            if isinstance(thing, Tensor):
                if id(thing) not in own:
                    stored = self.stored.get(id(thing))
                    part = rows if alone and thing.dim() else None
                    if stored is None:  # it had no numbers: they are about to be filled in
                        own[id(thing)] = torch.empty_like(thing if part is None else thing[part])
                    else:
                        own[id(thing)] = stored.tensor(part).clone()
                return own[id(thing)]
            if isinstance(thing, list | tuple):
                return type(thing)(numbers(t) for t in thing)
            return thing

        args = tuple(numbers(a) for a in self.args)
        kwargs = {name: numbers(a) for name, a in self.kwargs.items()}
        result = picked(self.func, args, kwargs, self.pick)
        return result if alone or rows is None else result[rows]

    def _cell_by_cell(self) -> bool:
        """Whether a row of the result needs nothing but that row of what it is made of."""
        shapes = {stored.shape for stored in self.stored.values() if stored.shape}
        alike = operation(self.func).name in ALIKE or torch.Tag.pointwise in self.func.tags
        return alike and len(shapes) == 1


ALIKE = frozenset({"zeros_like", "ones_like", "clone", "copy", "detach"})
"""Operations that work cell by cell although torch does not call them so."""


def picked(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], pick: int | str) -> Tensor:
    """Run ``func`` and pick an output, or what it made of one of its arguments."""
    with torch.no_grad():
        out = func(*args, **kwargs)
    if isinstance(pick, int):
        return out[pick] if isinstance(out, list | tuple) else out
    names = [a.name for a in operation(func).arguments]
    place = names.index(pick)
    return args[place] if place < len(args) else kwargs[pick]


def evaluate(event: Event, inputs: Sequence[np.ndarray]) -> np.ndarray:
    """The event's operation on other numbers; :class:`TraceError` where that cannot be."""
    overload = event.attrs.get("overload")
    if overload is None:
        raise TraceError(f"aten.{event.op} cannot be run again by itself.")
    namespace, _, name = str(overload).partition("::")
    packet, _, variant = name.partition(".")
    try:
        func = getattr(getattr(getattr(torch.ops, namespace), packet), variant or "default")
    except AttributeError:
        raise TraceError(
            f"This PyTorch has no operation {overload}: it cannot be run again."
        ) from None
    slots = event.attrs["slots"][: len(inputs)]
    given = {slot: torch.from_numpy(np.array(x)) for slot, x in zip(slots, inputs, strict=False)}
    kwargs: dict[str, Any] = {}
    for argument in operation(func).arguments:
        name = "x" if argument.name == "self" else argument.name
        if name in given:
            kwargs[argument.name] = given[name]
        elif f"{name}_kinds" in event.attrs:
            kinds = event.attrs[f"{name}_kinds"]
            kwargs[argument.name] = [given.get(f"{name}.{i}") for i in range(len(kinds))]
        elif name == event.attrs.get("filled"):
            kwargs[argument.name] = torch.empty(event.attrs["shape"], dtype=_kind(event))
        elif name in event.attrs:
            kwargs[argument.name] = _option(event.attrs[name])
    result = picked(func, (), kwargs, event.attrs["pick"])
    return np.asarray(result.numpy())


def _kind(event: Event) -> torch.dtype:
    found: torch.dtype = _option(event.attrs["kind"])
    return found


def _option(x: Any) -> Any:
    if isinstance(x, str) and x.startswith("torch."):
        return getattr(torch, x.removeprefix("torch."))
    return list(x) if isinstance(x, tuple) else x

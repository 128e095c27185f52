"""The numbers of a value: a tensor as it was at one moment of the recording.

Tensors are kept by reference. Where an operation overwrote one, the listener has kept a copy of the
memory as it was, or, for what an optimiser overwrites a second time, nothing: there the operation
that made the numbers is run again.

Moments count calls: ``2·i`` is just before call number ``i``, ``2·i + 1`` just after it.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

from tuiexplain.trace.errors import TraceError

Again = Callable[[slice | None], Tensor]
"""Makes the numbers anew: all, or some of the rows (along the first axis)."""


class Stored:
    """What a trace keeps of one value; ``again`` makes the numbers anew."""

    __slots__ = ("again", "live", "memory", "moment", "shape")

    def __init__(
        self, live: Tensor, moment: int, memory: Memory, again: Again | None = None
    ) -> None:
        self.live = memory.shown(live, moment)
        self.moment, self.memory, self.again = moment, memory, again
        self.shape = tuple(int(n) for n in self.live.shape)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def is_made_again(self) -> bool:
        """Whether its numbers were not kept."""
        return bool(self.live.is_meta)

    def tensor(self, rows: slice | None = None) -> Tensor:
        """The numbers (or some rows), on the device where they were made; not to be written to."""
        return self.memory.read(self, rows)


class Memory:
    """What became of the memory that recorded tensors lie in."""

    def __init__(
        self,
        copies: Iterable[tuple[int, Tensor, Tensor | None, int | None]] = (),
        turned: Iterable[tuple[int, Tensor, Tensor]] = (),
        versions: Mapping[int, int] | None = None,
    ) -> None:
        """``versions`` says, by ``id``, how often tensors had been overwritten at the end."""
        self._turned: dict[int, list[tuple[int, Tensor]]] = {}
        for call, tensor, before in turned:
            self._turned.setdefault(id(tensor), []).append((2 * call, before))
        self._copies: dict[int, list[tuple[int, Tensor | None]]] = {}
        self._versions: dict[int, int] = {}
        for call, tensor, copy, version in copies:
            self._copies.setdefault(address(tensor), []).append((2 * call, copy))
            self._versions.pop(id(tensor), None)
            if version is not None:
                self._versions[id(tensor)] = version + 1
        self._versions.update(versions or {})

    def shown(self, tensor: Tensor, moment: int) -> Tensor:
        """``tensor`` as it was at ``moment``, if it was made to show other cells since."""
        for until, before in self._turned.get(id(tensor), ()):
            if moment <= until:
                return before
        return tensor

    def read(self, stored: Stored, rows: slice | None = None) -> Tensor:
        """The numbers of ``stored``, from wherever they are."""
        with torch.no_grad():
            copies = self._copies.get(address(stored.live), [])
            at = bisect.bisect_left(copies, stored.moment, key=lambda c: c[0])
            copy = copies[at][1] if at < len(copies) else None
            if copy is not None:
                found = _same_place(stored.live, copy)
            elif at < len(copies) or stored.is_made_again or self._changed(stored.live):
                return _again(stored, rows)
            else:
                found = stored.live.detach()
            return found if rows is None else found[rows]

    def _changed(self, tensor: Tensor) -> bool:
        """Whether ``tensor`` has been overwritten since the recording ended."""
        known = self._versions.get(id(tensor))
        return known is not None and tensor._version != known


def address(tensor: Tensor) -> int:
    """Which memory a tensor lies in; sparse ones, which have none, are told apart by themselves."""
    try:
        return tensor.untyped_storage().data_ptr() or id(tensor)
    except (NotImplementedError, RuntimeError):
        return id(tensor)


def region(tensor: Tensor) -> tuple[Any, ...]:
    """Which cells of which memory a tensor shows, and how."""
    if tensor.layout is not torch.strided:
        return (id(tensor),)
    return (address(tensor), tensor.storage_offset(), tensor.shape, tensor.stride(), tensor.dtype)


def _again(stored: Stored, rows: slice | None) -> Tensor:
    if stored.again is None:
        raise TraceError(
            "These numbers have been overwritten since they were recorded: "
            "record the step again, and look at it before training goes on."
        )
    return stored.again(rows)


def _same_place(tensor: Tensor, copy: Tensor) -> Tensor:
    """What ``tensor`` showed of its memory, in a copy of it."""
    place = torch.empty(0, dtype=tensor.dtype, device=tensor.device)
    return place.set_(
        copy.untyped_storage(), tensor.storage_offset(), tensor.shape, tensor.stride()
    )

"""The ledger: which value a tensor is, at each moment of the recording.

A tensor object is not a value: operations in place give it new numbers, and views show numbers that
were written through another tensor. The ledger gives each tensor at each moment its
:class:`~tuiexplain.lab.recording.stored.Stored`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from torch import Tensor

from tuiexplain.lab.recording.stored import Memory, Stored, address, region

Rewritten = Callable[[Stored, Stored, Stored], None]
"""Told of a tensor whose numbers changed through another: ``(before, written, after)``."""


class Ledger:
    """Tensors and their values, call by call."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.leaves: list[tuple[Stored, Tensor]] = []
        """Values that no recorded operation made, as they are met."""
        self.rewritten: dict[tuple[int, int], Stored] = {}
        """By tensor and moment: what a write through another tensor made of it."""
        self._now: dict[int, Stored] = {}
        self._tensors: list[Tensor] = []  # so that no ``id`` is used twice
        self._regions: dict[Any, Stored] = {}
        self._writes: dict[int, list[Stored]] = {}
        self._blank: set[int] = set()
        self._leaf_ids: set[int] = set()

    def put(self, tensor: Tensor, stored: Stored) -> None:
        """From now on, ``tensor`` is this value."""
        self._now[id(tensor)] = stored
        self._tensors.append(tensor)
        self._regions[region(tensor)] = stored

    def same(self, tensor: Tensor, stored: Stored) -> None:
        """``tensor`` shows the numbers of a value that is known."""
        self._now[id(tensor)] = stored
        self._tensors.append(tensor)

    def write(self, tensor: Tensor, stored: Stored) -> None:
        """``tensor`` was overwritten; it is this value now."""
        self.put(tensor, stored)
        self._writes.setdefault(address(tensor), []).append(stored)

    def blank(self, tensor: Tensor) -> None:
        """``tensor`` has memory, but no numbers yet."""
        self._blank.add(id(tensor))
        self._tensors.append(tensor)

    def is_blank(self, tensor: Tensor) -> bool:
        """Whether ``tensor`` has no numbers yet."""
        return id(tensor) in self._blank and id(tensor) not in self._now

    def is_leaf(self, stored: Stored) -> bool:
        """Whether no recorded operation made this value."""
        return id(stored) in self._leaf_ids

    def known(self, tensor: Tensor) -> Stored | None:
        """What ``tensor`` was when it was last looked up."""
        return self._now.get(id(tensor))

    def find(self, tensor: Tensor, moment: int, rewritten: Rewritten) -> Stored:
        """The value that ``tensor`` is at ``moment``; one never met before is a leaf."""
        stored = self._now.get(id(tensor))
        if stored is None:
            stored = self._regions.get(region(tensor))
            if stored is not None and stored.shape == tuple(tensor.shape):
                self.same(tensor, stored)
            else:
                stored = Stored(tensor, moment, self.memory)
                self.put(tensor, stored)
                self.leaves.append((stored, tensor))
                self._leaf_ids.add(id(stored))
                return stored
        for written in self._writes.get(address(tensor), ()) if self._writes else ():
            if written.moment > stored.moment:
                stored = self._through(tensor, stored, written, rewritten)
        return stored

    def _through(
        self, tensor: Tensor, stored: Stored, written: Stored, rewritten: Rewritten
    ) -> Stored:
        """What ``tensor`` became when its memory was written to as ``written``."""
        if region(written.live) == region(tensor):
            self.same(tensor, written)
            return written
        if not _overlap(written.live, tensor):
            return stored
        after = Stored(tensor, written.moment, self.memory)
        self._now[id(tensor)] = after
        self._regions[region(tensor)] = after
        self.rewritten[id(tensor), written.moment] = after
        rewritten(stored, written, after)
        return after


def _overlap(a: Tensor, b: Tensor) -> bool:
    """Whether two views of one memory may show a common cell."""
    (a_first, a_last), (b_first, b_last) = _span(a), _span(b)
    if a_last < b_first or b_last < a_first:
        return False
    if a.stride() != b.stride():
        return True
    # Two parts of one array: apart if they are apart along one of its axes.
    if b_first < a_first:
        a, b = b, a
    left = abs(b_first - a_first)
    steps = [int(s) for s in a.stride()]
    for axis in sorted(range(len(steps)), key=lambda k: -steps[k]):
        step = steps[axis]
        ahead, left = divmod(left, step) if step else (0, left)
        if ahead >= a.shape[axis]:
            return False
    return left == 0


def _span(tensor: Tensor) -> tuple[int, int]:
    """The first and the last place in memory that a tensor shows."""
    first = tensor.storage_offset()
    steps = zip(tensor.shape, tensor.stride(), strict=True)
    return int(first), int(first + sum((n - 1) * s for n, s in steps))


def flatten(thing: Any) -> Iterable[tuple[int, Tensor]]:
    """The tensors that an operation returned, with their numbers."""
    if isinstance(thing, Tensor):
        yield 0, thing
    elif isinstance(thing, list | tuple):
        for index, item in enumerate(thing):
            if isinstance(item, Tensor):
                yield index, item

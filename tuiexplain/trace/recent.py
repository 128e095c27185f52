"""Things at hand: those that were not used for the longest time go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from copy import copy
from typing import Generic, Self, TypeVar

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class Recent(Generic[Key, Thing]):
    """As many things as weigh no more than ``most`` together; without ``weigh`` each weighs 1."""

    def __init__(self, most: int, weigh: Callable[[Thing], int] = lambda _: 1) -> None:
        self.most, self.weigh = most, weigh
        self.weight = 0
        self._things: OrderedDict[Key, Thing] = OrderedDict()

    def get(self, key: Key) -> Thing | None:
        """The thing, if it is here."""
        found = self._things.get(key)
        if found is not None:
            self._things.move_to_end(key)
        return found

    def put(self, key: Key, thing: Thing) -> Thing:
        """Keep ``thing``, and hand it back; what is too heavy alone is not kept."""
        before = self._things.pop(key, None)
        if before is not None:
            self.weight -= self.weigh(before)
        self._things[key] = thing
        self.weight += self.weigh(thing)
        while self.weight > self.most:
            self.weight -= self.weigh(self._things.popitem(last=False)[1])
        return thing

    def drop(self, unwanted: Callable[[Key], bool]) -> None:
        """Let go of the things whose key is unwanted."""
        for key in [key for key in self._things if unwanted(key)]:
            self.weight -= self.weigh(self._things.pop(key))

    def copy(self) -> Self:
        """The same things, which come and go there without going here."""
        twin = copy(self)
        twin._things = self._things.copy()
        return twin

"""From the numbers of one network to those of another: what survives a change of the design."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuiexplain.play.layout import COUNT
from tuiexplain.play.network import Network
from tuiexplain.play.program import PlayProgram
from tuiexplain.trace.run import State

CHANGED = 0.6
"""What it costs to take a layer for another that is not equal; to put one in or out costs 1."""


class _Match(NamedTuple):
    """For the places of a new layer (or the features): which old layer, and which of its places."""

    layer: int
    places: tuple[tuple[int, int], ...]
    """Pairs of a new place and the old one that it was."""


def carried(before: PlayProgram, state: State, after: PlayProgram) -> State:
    """``state`` of the design before, for the one after; new weights are as at a start.

    A weight survives if the units at both of its ends do; the optimiser's memory goes with it,
    where the optimiser still remembers the same. A layer that was put in between, or that follows
    one that was taken out, takes nothing from its neighbours.
    """
    start = after.state()
    found = {name: start[name].copy() for name in start}
    for own, olds, new in _pairs(before.shape, after.shape):
        for name, old_name in own.items():
            _carry(found, name, state, old_name, olds, new)
            for memory in after.plan.memories:
                kept = f"{old_name}.{memory}"
                if before.design.optimizer == after.design.optimizer and kept in state:
                    _carry(found, f"{name}.{memory}", state, kept, olds, new)
    if before.design.optimizer == after.design.optimizer and COUNT in state:
        found[COUNT] = state[COUNT]
    return found


_Places = list[int]


def _pairs(
    old: Network, new: Network
) -> list[tuple[dict[str, str], tuple[_Places, _Places], tuple[_Places, _Places]]]:
    """For each surviving layer: its numbers' new and old names, and which of its places survive.

    The places are those along the axes (out, in), once in the old arrays and once in the new.
    """
    layers = _layers(old, new)
    shared = [name for name in new.inputs if name in old.inputs]
    sources = {0: _Match(0, tuple((new.inputs.index(n), old.inputs.index(n)) for n in shared))}
    for at, before in layers.items():
        width = min(new.widths[at], old.widths[before])
        sources[at] = _Match(before, tuple((i, i) for i in range(width)))
    pairs = []
    for at, before in layers.items():
        out = [place for place, _ in sources[at].places]
        source = sources.get(at - 1)
        if source is None or source.layer != before - 1:
            inner: tuple[_Places, _Places] = ([], [])
        else:
            inner = ([p for p, _ in source.places], [q for _, q in source.places])
        names = {f"{what}{at}": f"{what}{before}" for what in ("W", "b", "scale", "shift")}
        names |= {
            f"norm{at}.running_{what}": f"norm{before}.running_{what}" for what in ("mean", "var")
        }
        pairs.append((names, (out, inner[1]), (out, inner[0])))
    return pairs


def _layers(old: Network, new: Network) -> dict[int, int]:
    """Which old layer (from 1) each new one is, the output layer among them.

    The layers that take the least changing and putting in or out; of several ways, the one that
    leaves those in front where they are.
    """
    a, b = old.layers, new.layers
    costs = {(i, j): float(i + j) for i in range(len(a) + 1) for j in range(len(b) + 1)}
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            same = costs[i - 1, j - 1] + (0.0 if a[i - 1] == b[j - 1] else CHANGED)
            costs[i, j] = min(same, costs[i - 1, j] + 1, costs[i, j - 1] + 1)
    found = {new.depth: old.depth}
    i, j = len(a), len(b)
    while i and j:
        if costs[i, j] == costs[i, j - 1] + 1:
            j -= 1
        elif costs[i, j] == costs[i - 1, j] + 1:
            i -= 1
        else:
            found[j] = i
            i, j = i - 1, j - 1
    return found


def _carry(
    found: dict[str, np.ndarray],
    name: str,
    state: State,
    old_name: str,
    olds: tuple[_Places, _Places],
    news: tuple[_Places, _Places],
) -> None:
    if name not in found or old_name not in state:
        return
    if found[name].ndim == 2:
        found[name][np.ix_(*news)] = state[old_name][np.ix_(*olds)]
    else:
        found[name][news[0]] = state[old_name][olds[0]]

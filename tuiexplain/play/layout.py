"""Where each number of a run lies in the one vector that is trained, kept and compared."""

from __future__ import annotations

from typing import NamedTuple

from tuiexplain.play.design import Design
from tuiexplain.play.network import Network
from tuiexplain.trace.packed import Layout, Spot, array_spot

MEMORIES = {
    "sgd": (),
    "momentum": ("v",),
    "nesterov": ("v",),
    "rmsprop": ("v",),
    "adam": ("m", "v"),
    "adamw": ("m", "v"),
}
"""What an optimiser remembers of every learnt number."""

COUNT = "updates"
"""How many updates the optimiser remembers."""


class Plan(NamedTuple):
    """The layout of a state: what is learnt first, then memories of the same form, then the rest.

    A layer's weights and bias lie together, ``(out, in + 1)``, so that one product makes its sums.
    """

    layout: Layout
    learnt: int
    """How many numbers are learnt."""
    memories: tuple[str, ...]
    size: int


def plan(design: Design, shape: Network) -> Plan:
    """The layout of the states of a design."""
    learnt: dict[str, Spot] = {}
    start = 0
    for at, (wide, units) in enumerate(zip(shape.widths, shape.widths[1:], strict=False), 1):
        learnt[f"W{at}"] = Spot(start, units, wide + 1, 0, (units, wide))
        learnt[f"b{at}"] = Spot(start, units, wide + 1, wide, (units,))
        start += units * (wide + 1)
    for name, extent in shape.shapes().items():
        if name not in learnt:
            learnt[name] = array_spot(start, extent)
            start += extent[0]
    count = start
    layout = dict(learnt)
    memories = MEMORIES[design.optimizer]
    for memory in memories:
        for name, spot in learnt.items():
            layout[f"{name}.{memory}"] = spot._replace(start=spot.start + start)
        start += count
    if memories:
        layout[COUNT] = array_spot(start, (1,))
        start += 1
    for name, extent in shape.buffers().items():
        layout[name] = array_spot(start, extent)
        start += extent[0]
    return Plan(layout, count, memories, start)

"""The residual stream of a Transformer block: what flows by, and what each branch adds."""

from __future__ import annotations

import numpy as np

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.value import Value
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture
from tuiexplain.views.river import Branch, River, Water
from tuiexplain.views.river import river as draw

STREAM = ("x", "x_a", "y")
BRANCHES = (("a_on", ("ln_1", "attention")), ("m_on", ("ln_2", "ffn")))
"""What is added to the stream, and through what it came; where nothing can be switched off,
without ``_on``."""


def river(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The mean length of a row in each stretch, of what each branch adds, and of their gradients.

    A dial with the name of the branch's last module, set to ``off``, closes it.
    """
    trace, bench = desk.trace, desk.session.bench
    values = {value.name: value for value in trace.values}

    def length(value: Value | None) -> float | None:
        if value is None or not bench.player.exists(value):
            return None
        return float(np.sqrt((trace.data(value) ** 2).sum(axis=-1)).mean())

    def water(name: str) -> Water:
        return Water(name, length(values.get(name)), length(values.get(f"{name}.grad")))

    branches = [
        Branch(
            via,
            water(name if name in values else name.removesuffix("_on")),
            bench.settings.get(via[-1]) != "off",
        )
        for name, via in BRANCHES
    ]
    event = bench.player.event
    made = trace.values[event.output] if event is not None else None
    of = made if made is None or made.of is None else trace.values[made.of]
    stretches = [water(name) for name in STREAM]
    return draw(River(stretches, branches, "" if of is None else of.name), width, height, look)

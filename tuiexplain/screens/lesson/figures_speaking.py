"""Pictures of a language model that speaks: the odds of the next token, and what the cuts leave."""

from __future__ import annotations

import numpy as np

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.value import Value
from tuiexplain.views.bars import Bars, bars
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture, blank

STAGES = ("odds", "q", "p")
"""Probabilities, the latest first: after top-p, after top-k, of softmax alone."""
CUTS = ("left_k", "left_p")
"""The probability that each cut leaves."""


def odds(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """Each token's odds as they stand, with those before the cuts marked; what each cut leaves.

    Where there are more tokens than lines, the likeliest ones; before the softmax, the scores.
    """
    trace, exists = desk.trace, desk.session.bench.player.exists
    values = {value.name: value for value in trace.values}

    def numbers(name: str) -> np.ndarray:
        return trace.data(values[name]).reshape(-1)

    def there(name: str) -> bool:
        return name in values and exists(values[name])

    below = sum(name in values for name in CUTS)
    room = max(1, height - below - 1) if below else height
    tokens = _labels(values["p"])
    stage = next((name for name in STAGES if there(name)), None)
    if stage is None:
        scores = numbers("logits")
        order = np.argsort(-scores, kind="stable")[:room]
        if not exists(values["logits"]):
            return Picture([])
        return bars(Bars([tokens[i] for i in order], scores[order].tolist()), width, room, look)
    order = np.argsort(-numbers("p"), kind="stable")[:room]
    spec = Bars(
        [tokens[i] for i in order],
        numbers(stage)[order].tolist(),
        numbers("p")[order].tolist() if stage != "p" else None,
        largest=1.0,
    )
    strips = bars(spec, width, len(order), look).strips
    cuts = [name for name in CUTS if there(name)]
    if cuts:
        left = [float(numbers(name)[0]) for name in cuts]
        strips = [
            *strips,
            blank(width),
            *bars(Bars(cuts, left, largest=1.0), width, len(cuts), look).strips,
        ]
    return Picture(strips)


def _labels(value: Value) -> tuple[str, ...]:
    """The tokens' names along the last axis."""
    named = value.labels[-1] if value.labels else None
    return named or tuple(str(i) for i in range(value.shape[-1]))

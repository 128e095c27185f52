"""Pictures of a language model that speaks: the odds of the next token, the text, the cache."""

from __future__ import annotations

import numpy as np
from textual.strip import Strip

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.event import Event
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Value
from tuiexplain.views.bars import Bars, bars
from tuiexplain.views.cache_grid import Band, CacheGrid, Made, cache_grid
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Line, Picture, blank

STAGES = ("odds", "q", "p")
"""Probabilities, the latest first: after top-p, after top-k, of softmax alone."""
CUTS = ("left_k", "left_p")
"""The probability that each cut leaves."""
TEXT_LINES = 2
"""Lines of the text that was said so far, under which the cache is drawn."""
SPACE = "_"
"""How a lesson labels the token that is a space: unlike a space it can be seen in a matrix."""


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


def cache(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The text so far, and every layer's keys and values with what this step computed of them.

    A layer's ``keys`` and ``values`` are shown once they are there, before that what was kept from
    the step before (``….K`` and ``….V``). A position that an earlier step had computed already
    counts as computed again.
    """
    trace, exists = desk.trace, desk.session.bench.player.exists
    values = {value.name: value for value in trace.values}
    tokens = trace.data(values["tokens"])
    said = trace.data(values["said"])
    earlier = len(tokens) - 1 if desk.session.bench.training_step else 0
    bands: list[Band] = []
    for name in [n for n in values if n.endswith((".K", ".V"))]:
        kept = trace.data(values[name])
        columns = [Made.KEPT] * len(kept)
        joined = _joined(trace, values[name])
        if joined is not None and exists(trace.values[joined.output]):
            before = trace.values[joined.inputs[0]].shape[0]
            kept = trace.data(joined.output)
            made = (Made.AGAIN if i < earlier else Made.NEW for i in range(before, len(kept)))
            columns = [Made.KEPT] * before + list(made)
        bands.append(Band(f"{name.rpartition('.')[2]}{len(bands) // 2 + 1}", kept, columns))
    labels = _labels(values["p"])
    shown = said if exists(values["said"]) else tokens
    text = "".join(labels[i] for i in shown.tolist()).replace(SPACE, " ")
    strips = _text(text, len(tokens) - desk.session.bench.training_step, width, look)
    grid = cache_grid(
        CacheGrid(bands, max(len(b.values) for b in bands)), width, height - len(strips), look
    )
    return Picture([*strips, *grid.strips])


def _joined(trace: Trace, kept: Value) -> Event | None:
    """Where new rows are appended to what was kept: keys first, values second."""
    module, _, name = kept.name.rpartition(".")
    joins = [e for e in trace.events if e.op == "cat" and e.module == module.replace(".", "/")]
    return joins["KV".index(name)] if len(joins) == len("KV") else None


def _labels(value: Value) -> tuple[str, ...]:
    """The tokens' names along the last axis."""
    named = value.labels[-1] if value.labels else None
    return named or tuple(str(i) for i in range(value.shape[-1]))


def _text(text: str, prompt: int, width: int, look: Look) -> list[Strip]:
    """The end of the text; what was given and not said is muted, the last token stands out."""
    first = max(0, len(text) - TEXT_LINES * (width - 1))
    strips = []
    for number in range(TEXT_LINES):
        line = Line(width)
        for at in range(first + number * (width - 1), first + (number + 1) * (width - 1)):
            last = at == len(text) - 1 and at >= prompt
            style = look.highlight if last else look.muted if at < prompt else look.text
            line.add(look.write(text[at : at + 1]), style)
        strips.append(line.strip())
    return strips

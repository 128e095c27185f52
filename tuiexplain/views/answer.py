"""A question and its answer token by token, one of them selected; and where heads looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from textual.strip import Strip

from tuiexplain.views.heatmap import HeatMap
from tuiexplain.views.look import Look
from tuiexplain.views.matrix import Matrix
from tuiexplain.views.picture import Area, Line, Picture, Target, area_hits, fill
from tuiexplain.views.text import width_of

LABEL = 6
FAINTEST = 0.02
"""Of what a head looks at, the share below which no colour is put there."""


@dataclass(frozen=True)
class Answer:
    """``tokens``, of which those from ``first`` on were said; ``odds`` of each that was said."""

    tokens: Sequence[str]
    first: int
    odds: Sequence[float]
    selected: int | None = None
    """Of those that were said."""


def answer(spec: Answer, width: int, height: int, look: Look) -> Picture:
    """The tokens one after the other on two lines: themselves, and a sign for how likely each was.

    Under the question stand points. The lines around the selected token are shown. Hits: the
    number of a token that was said.
    """
    rows: list[tuple[Line, Line]] = [(Line(width), Line(width))]
    places: list[tuple[Target, int, int, int]] = []
    chosen = 0
    for place, token in enumerate(spec.tokens):
        said = place - spec.first
        shown = _shown(token, look)
        columns = width_of(shown)
        above, below = rows[-1]
        if columns > above.room and above.used:
            rows.append((Line(width), Line(width)))
            above, below = rows[-1]
        if said < 0:
            above.add(shown, look.muted)
            below.add(look.glyphs.unknown * columns, look.faint)
            continue
        selected = said == spec.selected
        places.append((said, above.used, len(rows) - 1, columns))
        above.add(shown, look.highlight if selected else look.text)
        level = min(int(spec.odds[said] * len(look.glyphs.bars)), len(look.glyphs.bars) - 1)
        below.add(look.glyphs.bars[level] * columns, look.cause if selected else look.forward)
        chosen = len(rows) - 1 if selected else chosen
    most = max(1, height // 2)
    top = max(0, min(chosen - most // 2, len(rows) - most))
    strips = [line.strip() for row in rows[top : top + most] for line in row]
    areas = [
        (said, Area(column, 2 * (row - top), columns, 2))
        for said, column, row, columns in places
        if top <= row < top + most
    ]
    return Picture(fill(strips, width, height), area_hits(areas))


@dataclass(frozen=True)
class Looks:
    """Where the heads looked, (layers, heads, tokens), from layer ``top`` on; and the tokens."""

    weights: np.ndarray
    tokens: Sequence[str]
    top: int = 0


def looks(spec: Looks, width: int, height: int, look: Look) -> tuple[list[Strip], int]:
    """A line for each head of as many whole layers as there is room for; how many layers that is.

    The tokens stand above their columns; of a long text the last ones are shown.
    """
    layers, heads, keys = spec.weights.shape
    count = max(1, min(layers - spec.top, (height - 1) // max(1, heads)))
    room = max(0, width - LABEL)
    plain = look.colourless or look.ascii_only
    each = 2 if keys * 2 <= room or plain else 1
    shown = min(keys, room // each)
    head = Line(width).to(LABEL)
    for token in spec.tokens[keys - shown : keys]:
        text = _shown(token, look)
        head.add(text if width_of(text) <= each else look.glyphs.unknown)
        head.to(
            head.used + each - width_of(text) if width_of(text) <= each else head.used + each - 1
        )
    strips = [head.strip()]
    for layer in range(spec.top, spec.top + count):
        for number in range(heads):
            row = spec.weights[layer, number, keys - shown :][None].astype(float)
            row = np.where(row < FAINTEST, 0.0, row)
            line = Line(width).add(f"{layer}", look.name if number == 0 else look.faint)
            line.add(f".{number}", look.muted).to(LABEL)
            drawn = HeatMap(Matrix(values=row, largest=1.0), shown * each, 1, look)
            strips.append(line.extend(drawn.strips(shown * each)[0]).strip())
    return fill(strips, width, height), count


def _shown(token: str, look: Look) -> str:
    """A token where spaces and line breaks are to be seen."""
    signs = {" ": "_", "\n": "/" if look.ascii_only else "⏎"}
    return look.write("".join(signs.get(c, c) for c in token)) or look.glyphs.unknown

"""The network's picture: units with what they say, weights or their gradients between them."""

from __future__ import annotations

import numpy as np

from tuiexplain.course.languages import tr
from tuiexplain.play.wording import choice
from tuiexplain.screens.play.seeing import Seen
from tuiexplain.screens.play.standing import Focus
from tuiexplain.trace.numbers import format_number
from tuiexplain.views.picture import Picture
from tuiexplain.views.text import shorten, width_of
from tuiexplain.views.wiring import surface_size, wiring, wiring_layout
from tuiexplain.views.wiring_layout import LABEL
from tuiexplain.views.wiring_spec import Column, Wiring


def network(seen: Seen, width: int, height: int) -> Picture:
    """The whole of it in ``width`` x ``height``; around the cursor where it is larger."""
    standing, look = seen.standing, seen.look
    names = labels(seen)
    columns = list(zip(standing.counts, names, strict=True))
    there = wiring_layout(columns, standing.unit, width, height, look)
    said = seen.said(*surface_size(there, look))
    off = frozenset(i for i, name in enumerate(standing.features) if name not in seen.shape.inputs)
    spec = Wiring(
        [
            Column(title(seen, at), surfaces, names[at], off if at == 0 else frozenset())
            for at, surfaces in enumerate(said)
        ],
        weights(seen),
        standing.unit,
        standing.source if standing.focus is Focus.WEIGHTS else None,
        standing.backward,
        standing.focus in (Focus.UNITS, Focus.WEIGHTS),
        _number(seen),
    )
    return wiring(spec, width, height, look)


def labels(seen: Seen) -> list[list[str]]:
    """The names of the features, and of several outputs."""
    play = seen.play
    hidden: list[list[str]] = [[] for _ in seen.shape.layers]
    outputs = list(play.dataset.classes) if seen.shape.outputs > 1 else []
    ellipsis = seen.look.glyphs.ellipsis
    names = [_label(feature(name), ellipsis) for name in seen.standing.features]
    return [names, *hidden, outputs]


def _label(name: str, ellipsis: str) -> str:
    """A feature's name; of a switch (``smoker=yes``) that is too long, rather what it stands for."""
    column, equals, value = name.partition("=")
    if not equals or width_of(name) <= LABEL:
        return name
    room = max(LABEL - width_of(value) - 1, len(ellipsis))
    return f"{shorten(column, room, ellipsis)}={value}"


def feature(name: str) -> str:
    """A feature as it is written."""
    return name.replace("^2", "²").replace("*", "·")


def title(seen: Seen, column: int) -> str:
    """What stands over a column."""
    shape, language = seen.shape, seen.language
    if column == 0:
        return tr("play.features", language)
    if column > len(shape.layers):
        return tr(f"play.head_{shape.head}", language)
    layer = shape.layers[column - 1]
    marks = [str(layer.units), choice(layer.activation, language)]
    if layer.norm != "none":
        marks.append("N")
    if layer.dropout:
        marks.append(f"-{layer.dropout:.0%}")
    if shape.skips(column - 1):
        marks.append("+x")
    return " ".join(marks)


def weights(seen: Seen) -> list[np.ndarray]:
    """The weights between the columns, or their gradients; NaN of features that are off."""
    numbers = seen.gradients if seen.standing.backward else seen.numbers
    found = [np.asarray(numbers[f"W{at}"]) for at in range(1, seen.shape.depth + 1)]
    features, inputs = seen.standing.features, seen.shape.inputs
    first = np.full((found[0].shape[0], len(features)), np.nan)
    for at, name in enumerate(inputs):
        first[:, features.index(name)] = found[0][:, at]
    return [first, *found[1:]]


def _number(seen: Seen) -> str:
    """The number of the weight under the cursor."""
    cell = seen.standing.selected
    if cell is None or seen.standing.focus is not Focus.WEIGHTS:
        return ""
    numbers = seen.gradients if seen.standing.backward else seen.numbers
    return format_number(float(numbers[cell.name][cell.at]), 3)

"""Pictures of many numbers at once: of each layer, a value's cells, all weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tuiexplain.narrate import Say
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.layers import Layer
from tuiexplain.trace.layers import layers as layers_of
from tuiexplain.trace.player import Player
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind, Value
from tuiexplain.views.histogram import Histogram
from tuiexplain.views.histogram import histogram as draw_histogram
from tuiexplain.views.layers import Column, Layers
from tuiexplain.views.layers import layers as draw
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture
from tuiexplain.views.stems import Stems
from tuiexplain.views.stems import stems as draw_stems

Statistic = Callable[[np.ndarray], float]


def norm(array: np.ndarray) -> float:
    """The length of an array: the root of the sum of its squares."""
    return float(np.sqrt(np.sum(np.square(array))))


def mean_size(array: np.ndarray) -> float:
    """How large a cell is on average."""
    return float(np.mean(np.abs(array)))


def layers(desk: Desk, width: int, height: int, look: Look, say: Say) -> Picture:
    """For each layer the spread of what it gives out, and the length of its weight's gradient."""
    return _layers(desk, width, height, look, say("figure.spread"), "‖∂L/∂W‖", norm)


def layers_mean(desk: Desk, width: int, height: int, look: Look, say: Say) -> Picture:
    """As :func:`layers`, with the mean size of the gradient's cells."""
    title = f"{say('figure.mean')}|∂L/∂W|"
    return _layers(desk, width, height, look, say("figure.spread"), title, mean_size)


def _layers(
    desk: Desk,
    width: int,
    height: int,
    look: Look,
    spread: str,
    title: str,
    of_gradient: Statistic,
) -> Picture:
    bench = desk.session.bench
    here, other, rivals = layers_of(desk.trace), None, list[Layer]()
    if bench.rival is not None and bench.training_step < bench.rival.length:
        other = bench.rival.trace_at(bench.training_step)
        rivals = layers_of(other)
    comparable = [layer.name for layer in rivals] == [layer.name for layer in here]

    def column(title: str, of: Callable[[Layer], Value | None], statistic: Statistic) -> Column:
        ours = [_number(desk.trace, of(layer), statistic, bench.player) for layer in here]
        if other is None or not comparable:
            return Column(title, ours)
        return Column(title, ours, [_number(other, of(layer), statistic) for layer in rivals])

    columns = [
        column(spread, lambda layer: layer.output, np.std),
        column(title, lambda layer: layer.gradient, of_gradient),
    ]
    spec = Layers([layer.name for layer in here], columns, _running(desk, here))
    return draw(spec, width, min(height, len(here) + 1), look)


def _number(
    trace: Trace, value: Value | None, statistic: Statistic, player: Player | None = None
) -> float | None:
    if value is None or (player is not None and not player.exists(value)):
        return None
    with np.errstate(all="ignore"):
        return float(statistic(trace.data(value)))


def _running(desk: Desk, here: list[Layer]) -> int | None:
    """The layer that the current event belongs to, by its values or its module."""
    event = desk.session.bench.player.event
    if event is None:
        return None
    ids = {event.output, *event.inputs}
    for i, layer in enumerate(here):
        gradient = -1 if layer.gradient is None else layer.gradient.id
        if layer.module and layer.module == event.module:
            return i
        if {layer.weight.id, layer.output.id, gradient} & ids:
            return i
    return None


def histogram(desk: Desk, width: int, height: int, look: Look, say: Say) -> Picture:
    """How the cells of the value under the cursor are spread, once they are computed."""
    value = desk.selected
    there = desk.exists and desk.trace.data(value).dtype.kind == "f"
    cells = desk.trace.data(value).reshape(-1) if there else np.empty(0)
    number = desk.trace.cell(value, desk.cell) if there and value.size else None
    words = say("figure.mean"), say("figure.spread")
    spec = Histogram(cells, desk.trace.symbol(value), number, *words)
    return draw_histogram(spec, width, height, look)


def weight_bars(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The first parameter's cells side by side, as the update left them once it has run.

    The scale is that of the numbers at the start of the run, so that one sees them shrink.
    """
    bench = desk.session.bench
    weight = next(v for v in desk.trace.values if v.kind is Kind.PARAMETER and v.size > 1)
    updated = next((v for v in desk.trace.values if v.name == f"{weight.name}'"), weight)
    shown = updated if bench.player.exists(updated) else weight
    start = np.asarray(bench.run.state_at(0)[weight.name]).reshape(-1)
    selected = None
    if desk.selected.shape == weight.shape and desk.cell:
        selected = int(np.ravel_multi_index(desk.cell, weight.shape))
    numbers = desk.trace.data(shown).reshape(-1)
    return draw_stems(Stems(numbers, shown.name, start, selected), width, height, look)

"""Pictures of a run's path: on the curve of the loss over one number, on the map over two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuiexplain.course.bench import History, Lane
from tuiexplain.course.landscape import Along, landscape
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace import cells
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.tile import cell_at
from tuiexplain.trace.value import Kind, Value
from tuiexplain.views.between import between
from tuiexplain.views.contour import Contour, contour, even, rings
from tuiexplain.views.look import Look
from tuiexplain.views.path import Descent, Path, descent
from tuiexplain.views.picture import Picture

PLACES_ALONG, PLACES_ACROSS = 61, 13
"""Places of a curve, and of a map along each axis, at which the program is run."""
MOST_STEPS = 200
"""Steps of a path; of a longer run every second is drawn, every third, and so on."""
WIDER = 3
"""How often the picture doubles to follow a run that leaves it."""

Limits = tuple[float, float]


@dataclass(frozen=True)
class Coordinate:
    """A parameter's cell as an axis of a picture."""

    value: Value
    cell: Cell
    label: str

    def before(self, run: History, step: int) -> float:
        """The number before training step ``step``."""
        return float(run.state_at(step)[self.value.name][self.cell])


def on_a_curve(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The loss over the part's first number, and each step of the run on it."""
    (along,) = _coordinates(desk, 1)
    bench = desk.session.bench
    ours = _way(desk, along)
    rivals = [_rivals_way(desk, lane, along) for lane in bench.lanes[1:]]
    limits = _limits(desk, along, [*ours, *_followed(rivals)])
    heights = _heights(desk, Along(along.value.name, along.cell, *limits, PLACES_ALONG))

    def on_it(way: Sequence[float]) -> Path:
        places = (np.array(way) - limits[0]) / (limits[1] - limits[0]) * (PLACES_ALONG - 1)
        return Path(way, between(heights, places))

    others = [on_it(rival) for rival in rivals]
    spec = Descent(heights, limits, on_it(ours), others, None, along.label, _loss_name(desk))
    return descent(spec, width, height, look)


def walkers(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The curve that every cell of the first parameter walks on, and all of them on it.

    The program's loss is their mean height, so that it is the curve's where all stand together.
    """
    value = next(v for v in desk.trace.values if v.kind is Kind.PARAMETER and v.producer is None)
    after = next((v for v in desk.trace.values if v.name == f"{value.name}'"), value)
    here = after if desk.session.bench.player.exists(after) else value
    places = desk.trace.data(here)
    limits = _limits(desk, Coordinate(value, (0,) * len(value.shape), value.name), [])
    heights = _heights(desk, Along(value.name, (), *limits, PLACES_ALONG))
    spec = Descent(heights, limits, Path([], []), (), places, value.name)
    return descent(spec, width, height, look)


def on_a_map(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The loss over the part's first two numbers as rings, and the run's path through them."""
    across, up = _coordinates(desk, 2)
    ours = Path(_way(desk, across), _way(desk, up))
    rivals = [
        Path(_rivals_way(desk, lane, across), _rivals_way(desk, lane, up))
        for lane in desk.session.bench.lanes[1:]
    ]
    x, y = even(
        _limits(desk, across, [*ours.x, *_followed([rival.x for rival in rivals])]),
        _limits(desk, up, [*ours.y, *_followed([rival.y for rival in rivals])]),
        width,
        height,
    )
    heights = _heights(
        desk,
        Along(up.value.name, up.cell, *y, PLACES_ACROSS),
        Along(across.value.name, across.cell, *x, PLACES_ACROSS),
    )
    levels = rings(heights, desk.session.bench.run.losses[0])
    spec = Contour(heights, x, y, levels, ours, rivals, across.label, up.label)
    return contour(spec, width, height, look)


def _coordinates(desk: Desk, count: int) -> list[Coordinate]:
    """The first cells of the parameters."""
    found: list[Coordinate] = []
    for value in desk.trace.values:
        if value.kind is Kind.PARAMETER and value.producer is None:
            for i in range(min(value.size, count - len(found))):
                cell = cell_at(value.shape, *divmod(i, value.shape[-1] if value.shape else 1))
                found.append(Coordinate(value, cell, cells.write(value.name, cell)))
    return found


def _loss_name(desk: Desk) -> str:
    return next((v.name for v in desk.trace.values if v.kind is Kind.LOSS), "")


# -- where the run went ----------------------------------------------------------------------------


def _way(desk: Desk, along: Coordinate) -> list[float]:
    """The number before each step up to the open one, and as the open one leaves it, once it has.

    The open step's numbers are those on the screen, with the learner's edits.
    """
    bench = desk.session.bench
    way = [along.before(bench.run, step) for step in _thinned(bench.training_step)]
    way[-1] = desk.trace.cell(along.value, along.cell)
    moved = [v for v in desk.trace.values if v.name.endswith("'") and v.kind is Kind.PARAMETER]
    if moved and all(bench.player.exists(value) for value in moved):
        after = next((v for v in moved if v.name == f"{along.value.name}'"), None)
        if after is not None:
            way.append(desk.trace.cell(after, along.cell))
    return way


def _rivals_way(desk: Desk, lane: Lane[History], along: Coordinate) -> list[float]:
    """The same of a run that this one is compared with, as far as it was trained."""
    bench, run = desk.session.bench, lane.run
    here = (bench.training_step + 1) * bench.lanes[0].per_step(bench.axis)
    there = math.ceil(here / lane.per_step(bench.axis) - 1e-9)
    walked = bench.run.length <= bench.part.spec.train_steps
    last = min(run.length, there) if walked else run.length
    return [along.before(run, step) for step in _thinned(last)]


def _thinned(last: int) -> list[int]:
    """Steps from 0 to ``last``, evenly, both ends among them."""
    stride = -(-(last + 1) // MOST_STEPS)
    steps = list(range(last, -1, -stride))[::-1]
    return steps if steps[0] == 0 else [0, *steps]


# -- the land around it ----------------------------------------------------------------------------


def _limits(desk: Desk, along: Coordinate, reached: Sequence[float]) -> Limits:
    """What the dial of the starting number spans, doubled while the run has left it."""
    dial = next((d for d in desk.session.bench.part.dials if d.id == along.value.name), None)
    if dial is not None and dial.maximum > dial.minimum:
        low, high = dial.minimum, dial.maximum
    else:
        start = along.before(desk.session.bench.run, 0)
        low, high = start - max(1.0, abs(start)) * 2, start + max(1.0, abs(start)) * 2
    middle, half = (low + high) / 2, (high - low) / 2 * 1.1
    far = max((abs(x - middle) for x in reached if math.isfinite(x)), default=0.0)
    for _ in range(WIDER):
        if half < far:
            half *= 2
    return (middle - half, middle + half)


def _followed(rivals: Sequence[Sequence[float] | np.ndarray]) -> Sequence[float] | np.ndarray:
    """What the picture widens for: one rival; of a whole race it would grow to the wildest."""
    return rivals[0] if len(rivals) == 1 else ()


def _heights(desk: Desk, *axes: Along) -> np.ndarray:
    """The loss of the part as it is on the screen, its dials and edits of data included."""
    bench = desk.session.bench
    values = desk.trace.values
    edits = {
        cells.write(values[e.value].name, e.cell): e.number
        for e in bench.edits
        if values[e.value].producer is None and values[e.value].of is None
    }
    return landscape(bench.part, bench.settings, bench.seed, edits, *axes)

"""Pictures of networks of two inputs: the plane, the plane as a hidden layer folds it, and how
many of many networks solve the task.
"""

from __future__ import annotations

import numpy as np

from tuiexplain.course.bench import History
from tuiexplain.course.plane import Limits, Plane, places, plane, said
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.value import Kind, Value
from tuiexplain.views.folded import Folded, dots, folded
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture, fill
from tuiexplain.views.surface import Surface, room, surface, surface_fits
from tuiexplain.views.tally import Tally, tally

MARGIN = 0.15
"""How much of the points' extent is shown around them."""
GRID_LINES, GRID_POINTS = 7, 25
"""Lines of the folded grid each way, and points along each."""
SOLVED = "solved"
"""The value of the trace that says which of many networks have solved the task."""


def on_the_plane(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """What the network says everywhere, with the parameters on the screen, and the examples."""
    if not surface_fits(width, height):
        return Picture(fill([], width, height))
    points, classes = _examples(desk)
    x, y = _limits(points)
    there = room(x, y, width, height, look)
    grid = places(x, y, there.columns, there.rows)
    outputs = _one_network(desk, _plane(desk).ask(_numbers(desk), grid))
    winner, share = said(outputs)
    shape = (there.rows, there.columns)
    spec = Surface(
        x,
        y,
        winner.reshape(shape),
        share.reshape(shape),
        max(2, outputs.shape[-1]),
        points,
        classes,
        _example(desk, len(points)),
        "x1",
        "x2",
    )
    return surface(spec, width, height, look)


def in_hidden_space(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The examples as the first two hidden units see them, with the grid of the plane folded.

    The network has the methods ``hidden`` and ``output``. The line where its answer changes is
    drawn where there are no other units.
    """
    if not surface_fits(width, height):
        return Picture(fill([], width, height))
    points, classes = _examples(desk)
    numbers, network = _numbers(desk), _plane(desk)
    seen = _one_network(desk, network.ask(numbers, points, "hidden"))
    x, y = _limits(_two(seen), even=True)
    lines = _grid_lines(points)
    bent = _one_network(desk, network.ask(numbers, np.concatenate(lines), "hidden"))
    winner = None
    if seen.shape[-1] == 2:
        across, down = dots(x, y, width, height, look)
        said_there = network.ask(numbers, places(x, y, across, down), "output")
        winner = said(_one_network(desk, said_there)).winner.reshape(down, across)
    spec = Folded(
        x,
        y,
        np.split(_two(bent), len(lines)),
        _two(seen),
        classes,
        winner,
        _example(desk, len(points)),
        "h1",
        "h2",
    )
    return folded(spec, width, height, look)


def _two(seen: np.ndarray) -> np.ndarray:
    """The first two numbers of each row; a zero where there is only one."""
    return seen[:, :2] if seen.shape[-1] > 1 else np.column_stack([seen[:, 0], 0 * seen[:, 0]])


def successes(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """Which of the networks have solved the task, now and in the run before; of a race, in each."""
    bench = desk.session.bench
    if len(bench.lanes) > 2:  # a race: where each has come to
        names = [str(i + 1) for i in range(len(bench.lanes))]
        rows = [_solved(lane.run) for lane in bench.lanes]
        return tally(Tally(names, rows), width, height, look)
    now = desk.trace.value(SOLVED)
    flags = desk.trace.data(now).reshape(-1) > 0
    if not bench.player.exists(now):
        flags = np.zeros(flags.size, dtype=bool)
    names, rows = [look.glyphs.point], [flags.tolist()]
    if bench.rival is not None and bench.rival.length:
        names.append(look.glyphs.pending)
        rows.append(_solved(bench.rival))
    return tally(Tally(names, rows), width, height, look)


def _solved(run: History) -> list[bool]:
    """Which networks had solved it at the last step of a run."""
    if not run.length:
        return []
    trace = run.trace_at(run.length - 1)
    flags: list[bool] = (trace.data(trace.value(SOLVED)).reshape(-1) > 0).tolist()
    return flags


# -- the network, and what it is asked -------------------------------------------------------------


def _plane(desk: Desk) -> Plane:
    bench = desk.session.bench
    return plane(bench.part, tuple(bench.settings.items()), bench.seed)


def _numbers(desk: Desk) -> dict[str, np.ndarray]:
    """The parameters as they are where the player stands: edited, or updated once that has run."""
    exists = desk.session.bench.player.exists
    values = {value.name: value for value in desk.trace.values}
    found = {}
    for name, value in values.items():
        if value.producer is None and value.kind in (Kind.PARAMETER, Kind.BUFFER):
            after = values.get(f"{name}'")
            there = after is not None and exists(after)
            found[name] = desk.trace.data(after if after is not None and there else value)
    return found


def _one_network(desk: Desk, outputs: np.ndarray) -> np.ndarray:
    """Of many networks side by side, the one that the cursor is in, or the first."""
    if outputs.ndim < 3:
        return outputs
    shape = desk.selected.shape
    chosen = desk.cell[0] if len(shape) > 2 and shape[0] == outputs.shape[0] else 0
    return np.asarray(outputs[chosen])


# -- the examples ----------------------------------------------------------------------------------


def _examples(desk: Desk) -> tuple[np.ndarray, np.ndarray]:
    """The points, rows of two numbers, and their classes."""
    inputs = [v for v in desk.trace.values if _is_data(v) and v.kind is Kind.INPUT]
    points = desk.trace.data(next(v for v in inputs if v.shape[-1:] == (2,)))
    targets = [v for v in desk.trace.values if _is_data(v) and v.kind is Kind.TARGET]
    numbers = next((v for v in targets if v.size == len(points)), None)
    classes = None if numbers is None else desk.trace.data(numbers).reshape(-1)
    if classes is None or not np.isfinite(classes).all():
        return points, np.zeros(len(points), dtype=int)
    return points, np.rint(classes).astype(int)


def _is_data(value: Value) -> bool:
    return value.producer is None and value.of is None


def _example(desk: Desk, count: int) -> int | None:
    """The example that the cursor is on, if it is in a value with a row for each."""
    shape = desk.selected.shape
    return desk.cell[0] if shape and shape[0] == count else None


def _limits(points: np.ndarray, even: bool = False) -> tuple[Limits, Limits]:
    """What shows all points with a margin; ``even`` gives both axes the same length."""
    known = points[np.isfinite(points).all(axis=1)]
    if not len(known):
        return (0.0, 1.0), (0.0, 1.0)
    low, high = known.min(axis=0), known.max(axis=0)
    extent = high - low
    if even:
        extent = np.full(2, extent.max())
    extent = np.where(extent > 0, extent, 1.0)
    middle, half = (low + high) / 2, extent * (0.5 + MARGIN)
    (left, bottom), (right, top) = (middle - half).tolist(), (middle + half).tolist()
    return (left, right), (bottom, top)


def _grid_lines(points: np.ndarray) -> list[np.ndarray]:
    """Straight lines across and down the part of the plane where the points lie."""
    low, high = points.min(axis=0), points.max(axis=0)
    (left, bottom), (right, top) = low.tolist(), high.tolist()
    lines = []
    for x in np.linspace(left, right, GRID_LINES):
        lines.append(
            np.column_stack([np.full(GRID_POINTS, x), np.linspace(bottom, top, GRID_POINTS)])
        )
    for y in np.linspace(bottom, top, GRID_LINES):
        lines.append(
            np.column_stack([np.linspace(left, right, GRID_POINTS), np.full(GRID_POINTS, y)])
        )
    return lines

"""Which matrices lie on the board: those of the current event first, then the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.nearby import nearby, states_of
from tuiexplain.trace.event import Phase
from tuiexplain.trace.kept import kept_for_now
from tuiexplain.trace.replay import changed_cells
from tuiexplain.trace.tile import Reduce, Region, matrix_position, matrix_shape
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Value
from tuiexplain.views.board import Card
from tuiexplain.views.matrix import Matrix

WHOLE = 4096
"""Cells up to which a matrix is handed over whole; of larger ones only tiles are asked for."""

MOST_PLACES = 2048
"""Rows up to which those of an array of several planes are told apart."""


class _Tiles:
    """A value as a matrix that is read a tile at a time."""

    def __init__(self, trace: Trace, value: Value) -> None:
        self.trace, self.value = trace, value

    @property
    def shape(self) -> tuple[int, int]:
        return matrix_shape(self.value.shape)

    def tile(self, region: Region, shape: tuple[int, int]) -> np.ndarray:
        return self.trace.tile(self.value, region, shape, Reduce.EXTREME)


def cards(desk: Desk) -> list[Card]:
    """The board's cards where there is little room: those of the event, then the others."""
    groups = _groups(desk)
    shown = {value for group in groups for value in group}
    near = [desk.trace.values[i] for i in _near(desk)]
    named = {value.name: value for value in near}
    for value in near:
        if value.id in shown or value.of is not None:
            continue
        beside = [desk.trace.gradient(value), *_memory(desk, value), named.get(f"{value.name}'")]
        there = [v.id for v in beside if v and v.id not in shown and _there(desk, v)]
        groups.append([value.id, *there])
        shown.update(groups[-1])
    return _cards(desk, groups)


def _memory(desk: Desk, value: Value) -> list[Value]:
    """What the optimiser remembers of a parameter, as its update left it once that has run."""
    states = states_of(desk.trace, value)
    renewed = {v.name.rstrip("'") for v in states if v.name.endswith("'") and _there(desk, v)}
    return [v for v in states if v.name not in renewed]


def of_the_event(desk: Desk) -> list[Card]:
    """The cards of the event, and of the value that the cursor is in."""
    return _cards(desk, _groups(desk))


def of_everything(desk: Desk) -> list[Card]:
    """A card for every value, each in its place from the start; gradients as they come.

    Of a large trace, for those that the module around the event works with.
    """
    near = [desk.trace.values[i] for i in _near(desk)]
    forward = [v.id for v in near if v.of is None]
    back = [v.id for v in near if v.of is not None and _there(desk, v)]
    return [
        Card([replace(_matrix(desk, i, {}), cursor=None, focused=False, accent=None)], [i])
        for i in (*forward, *back)
    ]


def _near(desk: Desk) -> Collection[int]:
    event = desk.session.bench.player.event
    return nearby(desk.trace, event.module if event else "")


def _cards(desk: Desk, groups: list[list[int]]) -> list[Card]:
    causes = _causes(desk)
    return [Card([_matrix(desk, i, causes) for i in group], group) for group in groups]


def here(desk: Desk) -> int:
    """How many of the cards belong to the current event."""
    return len(_groups(desk))


def _there(desk: Desk, value: Value) -> bool:
    return desk.session.bench.player.exists(value)


def _groups(desk: Desk) -> list[list[int]]:
    """The values of the current event, and the one that the cursor is in."""
    groups = _of_the_event(desk)
    if not any(desk.value in group for group in groups):
        of = desk.selected.of
        groups.append([desk.value] if of is None else [of, desk.value])
    return groups


def _of_the_event(desk: Desk) -> list[list[int]]:
    """The event's values; a gradient is joined to what it is the gradient of."""
    event = desk.session.bench.player.event
    here = desk.values_here()
    if event is None:
        return [[value] for value in here]
    if event.phase is Phase.UPDATE:
        return [here]
    output = desk.trace.values[event.output]
    if event.phase is Phase.BACKWARD and output.of is not None:
        twin = [output.of, output.id]
        return [*([i] for i in here if i not in twin), twin]
    return [[value] for value in here]


def _causes(desk: Desk) -> dict[int, set[tuple[int, int]]]:
    """For each value, the matrix positions of the cells that the selected number came from."""
    why = desk.why()
    found: dict[int, set[tuple[int, int]]] = {}
    for cause in why.causes if why else ():
        position = matrix_position(cause.value.shape, cause.cell)
        found.setdefault(cause.value.id, set()).add(position)
    return found


def _matrix(desk: Desk, value_id: int, causes: dict[int, set[tuple[int, int]]]) -> Matrix:
    trace, bench = desk.trace, desk.session.bench
    value = trace.values[value_id]
    event = bench.player.event
    selected = value_id == desk.value
    shape = matrix_shape(value.shape)
    rows, columns = _labels(value)
    there = _there(desk, value)
    changed = changed_cells(bench.base, trace, value) if bench.edits and there else None
    return Matrix(
        title=trace.symbol(value),
        values=_numbers(trace, value) if there else None,
        shape=shape,
        note=_note(value, shape),
        row_labels=rows,
        column_labels=columns,
        changed=None if changed is None else changed.reshape(shape),
        causes=frozenset(causes.get(value_id, ())),
        cursor=matrix_position(value.shape, desk.cell) if selected else None,
        near=matrix_position(value.shape, desk.cell) if value_id == desk.selected.of else None,
        focused=selected and desk.pointing,
        mode="digits" if selected else "auto",
        accent=str(event.phase) if event is not None and event.output == value_id else None,
    )


def _numbers(trace: Trace, value: Value) -> object:
    if value.size > WHOLE:
        return _Tiles(trace, value)
    return trace.data(value).reshape(matrix_shape(value.shape))


def _note(value: Value, shape: tuple[int, int]) -> str:
    """The shape, where it is not plain to see."""
    if len(value.shape) > 2 or max(shape) > 8:
        return "×".join(str(n) for n in value.shape)
    return ""


def _labels(value: Value) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the rows and columns, where an axis has them."""
    labels = value.labels
    columns = labels[-1] if labels and len(labels) == len(value.shape) and labels[-1] else ()
    rows = labels[0] if len(value.shape) == 2 and labels and labels[0] else ()
    if len(value.shape) == len(labels) == 3 and value.size <= WHOLE:
        rows = _rows_of_layers(value.shape, labels)
    return rows or _planes(value.shape), columns or ()


def _rows_of_layers(
    shape: tuple[int, ...], labels: Sequence[tuple[str, ...] | None]
) -> tuple[str, ...]:
    """``2·word`` for the second of several matrices, ``word·2`` for the second row of a word."""
    outer, inner = labels[0], labels[1]
    if inner:
        before = outer or tuple(str(i + 1) for i in range(shape[0]))
        return tuple(f"{a}·{b}" for a in before for b in inner)
    return tuple(f"{a}·{i + 1}" for a in outer or () for i in range(shape[1]))


@kept_for_now(64)
def _planes(shape: tuple[int, ...]) -> tuple[str, ...]:
    """Of an array of several planes, each row's place: ``1,0,2`` is row 2 of plane 1,0."""
    rows, _ = matrix_shape(shape)
    if len(shape) < 3 or rows == shape[-2] or rows > MOST_PLACES:
        return ()
    return tuple(",".join(map(str, place)) for place in np.ndindex(*shape[:-1]))

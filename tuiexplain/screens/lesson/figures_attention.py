"""Pictures of attention: the weights ``A`` (queries × keys, of one head or of several)."""

from __future__ import annotations

import numpy as np
from textual.strip import Strip

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.value import Value
from tuiexplain.views.attention import Attention, attention
from tuiexplain.views.curve import Curve, Series, curve
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Hits, Picture, beside, joined, shifted
from tuiexplain.views.scatter import Scatter, scatter

WEIGHTS, MASK = "A", "mask"
"""What a lesson calls the attention weights, and what says where a query may look."""
MOST_WAVES = 4
"""Columns of a table of positions that are drawn: more are not told apart."""
LEAST_HEAD = 24
"""Columns of a head that has another beside it."""


def looks(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The weights of each head, with the query of the cursor's line selected.

    Hits: the value and the cell of it.
    """
    weights = next((v for v in desk.trace.values if v.name == WEIGHTS), None)
    if weights is None:
        return Picture([])
    heads = weights.shape[0] if len(weights.shape) > 2 else 1
    abreast = heads > 1 and (width - heads + 1) // heads >= LEAST_HEAD
    across = (width - heads + 1) // heads if abreast else width
    down = height if abreast else height // heads
    drawn = [
        attention(_head(desk, weights, head, heads), across, down, look) for head in range(heads)
    ]
    hits: list[Hits] = []
    strips: list[Strip] = []
    for head, picture in enumerate(drawn):
        x, y = (head * (across + 1), 0) if abreast else (0, len(strips))
        hits.append(shifted(_of_value(picture.hits, weights, head if heads > 1 else None), x, y))
        strips += [] if abreast else picture.strips
    if abreast:
        widths = [across] * (heads - 1) + [width - (heads - 1) * (across + 1)]
        strips = beside([(p.strips, w) for p, w in zip(drawn, widths, strict=True)], gap=1)
    return Picture(strips, joined(hits))


def turns(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """Queries ``Q`` and keys ``K`` of two numbers as points, one for each place."""
    exists = desk.session.bench.player.exists

    def points(name: str) -> tuple[np.ndarray, np.ndarray] | None:
        value = desk.trace.value(name)
        data = desk.trace.data(value)
        return (data[:, 0], data[:, 1]) if exists(value) else None

    q, k = points("Q"), points("K")
    nowhere = np.full(1, np.nan)
    x, y = q or (nowhere, nowhere)
    everything = np.concatenate([x, y, *(k or ())])
    known = everything[np.isfinite(everything)]
    reach = 1.15 * float(np.abs(known).max(initial=1e-9)) if known.size else 1.0
    limits = (-reach, reach)
    row = desk.cell[0] if desk.selected.name in ("Q", "S") and desk.pointing else None
    spec = Scatter(
        x,
        y,
        others=k,
        selected=row,
        x_label="[:,0]",
        y_label="[:,1]",
        x_limits=limits,
        y_limits=limits,
    )
    return scatter(spec, width, height, look)


def waves(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The columns of the table of positions ``PE`` over the places, the slow ones last."""
    value = desk.trace.value("PE")
    if not desk.session.bench.player.exists(value):
        return Picture([])
    table = desk.trace.data(value)
    series = [Series(f"PE[:,{i}]", table[:, i]) for i in range(min(MOST_WAVES, table.shape[1]))]
    return Picture(list(curve(Curve(series), width, height, look)))


def mask_of(desk: Desk) -> Value | None:
    """What says where a query may look, where that is a value of its own."""
    return next((v for v in desk.trace.values if v.name == MASK), None)


def _of_value(hits: Hits, value: Value, head: int | None) -> Hits:
    """Hits of a head's cells as cells of the whole value."""
    before = () if head is None else (head,)

    def at(x: int, y: int) -> tuple[int, tuple[int, ...]] | None:
        found = hits.at(x, y)
        return None if found is None else (value.id, (*before, *found))

    def where(target: tuple[int, tuple[int, ...]]) -> Area | None:
        cell = target[1]
        same = target[0] == value.id and cell[:-2] == before
        return hits.where(cell[-2:]) if same else None

    return Hits(at, where)


def _head(desk: Desk, weights: Value, head: int, heads: int) -> Attention:
    trace = desk.trace
    numbers = _latest(desk, weights)
    if numbers is not None and heads > 1:
        numbers = numbers[head]
    mask = mask_of(desk)
    allowed = (
        None if mask is None else np.asarray(trace.data(mask)).reshape(weights.shape[-2:]) != 0
    )
    queries, keys = _names(desk, weights)
    selected, cell = desk.selected, desk.cell
    here = None
    if selected.id == weights.id or (mask is not None and selected.id == mask.id):
        own = selected.id != weights.id or heads == 1 or cell[0] == head
        here = (cell[-2], cell[-1]) if own else None
    return Attention(
        numbers,
        queries,
        keys,
        allowed,
        _row(selected.shape, cell, len(queries)),
        here if desk.pointing else None,
        f"{head + 1}/{heads}" if heads > 1 else "",
    )


def _latest(desk: Desk, weights: Value) -> np.ndarray | None:
    """The weights of this training step or, before its first event, of the one before."""
    bench = desk.session.bench
    if bench.player.exists(weights):
        return desk.trace.data(weights)
    if bench.player.position or not bench.training_step:
        return None
    before = bench.trace_before(bench.training_step - 1)
    return None if before is None else before.data(before.value(weights.name))


def _row(shape: tuple[int, ...], cell: tuple[int, ...], queries: int) -> int:
    """The query that the cursor's line belongs to; the first one where it belongs to none."""
    for axis in (-2, 0):
        if len(shape) >= -axis and shape and shape[axis] == queries:
            return cell[axis]
    return 0


def _names(desk: Desk, weights: Value) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words along both axes, as the weights, the mask or the input has them."""
    labels = weights.labels or ()
    rows = labels[-2] if len(labels) >= 2 else None
    columns = labels[-1] if labels else None
    for value in desk.trace.values:
        if rows and columns:
            break
        if value.producer is None and value.labels and value.labels[0]:
            names = value.labels[0]
            rows = rows or (names if len(names) == weights.shape[-2] else None)
            columns = columns or (names if len(names) == weights.shape[-1] else None)
    queries, keys = weights.shape[-2:]
    return rows or ("",) * queries, columns or tuple(str(i + 1) for i in range(keys))

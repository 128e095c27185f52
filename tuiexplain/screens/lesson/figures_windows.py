"""The picture of a window that slides over images: what it covers, and what comes of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from textual.strip import Strip

from tuiexplain.engine.ops.pooling import winners
from tuiexplain.engine.ops.sliding import Pair, Window
from tuiexplain.narrate import Say
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.event import Event, Phase
from tuiexplain.trace.value import Value
from tuiexplain.views.formula import Formula, formula_lines
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Line, Picture
from tuiexplain.views.planes import Plane, Position, Row, planes

SLIDING = ("conv2d", "max_pool2d", "avg_pool2d")
MOST_TERMS = 4
"""Lines of the sum under a window."""


class _Slide(NamedTuple):
    """An event whose window slides: its image, its kernels (``None`` for pooling), its output."""

    event: Event
    x: Value
    W: Value | None
    y: Value
    window: Window


class _Spot(NamedTuple):
    """Which planes are drawn, and what is marked in each (positions without padding)."""

    example: int
    out: int
    seen: set[Position]
    offsets: set[Position]
    places: set[Position]


def window_caption(desk: Desk) -> str:
    """What the picture is called: a pool has no kernel."""
    slide = _slide(desk)
    return "window_pool" if slide is not None and slide.W is None else "window"


def window(desk: Desk, width: int, height: int, look: Look, say: Say) -> Picture:
    """The window where it stands: what it covers, its kernel, and the output cells it makes.

    It follows the selected cell: an output's window, the places of a pixel, or all that one
    weight meets. Below, the sum behind the cell, and how the output's size comes about.
    """
    slide = _slide(desk)
    if slide is None:
        return Picture([])
    spot = _spot(desk, slide)
    foot = [*_sum(desk, width, look), *_sizes(slide, width, look)]
    room = max(3, height - len(foot) - 1)
    drawn = planes(_rows(desk, slide, spot, say), width, room, look)
    return Picture([*drawn.strips, Line(width).strip(), *foot])


def _slide(desk: Desk) -> _Slide | None:
    """What slides in the current event, or last did before it."""
    trace, event = desk.trace, desk.session.bench.player.event
    sliding = [e for e in trace.events if e.phase is Phase.FORWARD and e.op in SLIDING]
    if not sliding:
        return None
    at = event.answers if event is not None and event.answers is not None else None
    if at is None:
        at = 0 if event is None else event.index
    chosen = [e for e in sliding if e.index <= at][-1:] or sliding[:1]
    forward = chosen[0]
    x, *others = (trace.values[i] for i in forward.inputs)
    attrs = forward.attrs
    kernel = attrs["kernel_size"] if "kernel_size" in attrs else _size(others[0])
    seen = Window(kernel, attrs["stride"], attrs["padding"], attrs.get("dilation", (1, 1)))
    return _Slide(forward, x, others[0] if others else None, trace.values[forward.output], seen)


def _spot(desk: Desk, slide: _Slide) -> _Spot:
    """What the selected cell has to do with the window."""
    value, cell, seen = desk.selected, desk.cell, slide.window
    size = _size(slide.x)
    selected = value.id if value.of is None else value.of
    every = set(np.ndindex(*slide.y.shape[2:]))
    if selected == slide.x.id:
        over = list(seen.over((cell[2], cell[3]), size))
        out = min(cell[1], slide.y.shape[1] - 1) if slide.W is None else 0
        return _Spot(cell[0], out, {_pair(cell)}, {o for _, o in over}, {p for p, _ in over})
    if slide.W is not None and selected == slide.W.id:
        met = {seen.under(place, _pair(cell), size) for place in every}
        return _Spot(0, cell[0], {m for m in met if m is not None}, {_pair(cell)}, every)
    place = _pair(cell) if selected == slide.y.id else (0, 0)
    example, out = cell[:2] if selected == slide.y.id else (0, 0)
    under = {seen.under(place, offset, size) for offset in seen.offsets()}
    # On the padding too, so that the window is whole.
    outside = {_at(seen, place, offset) for offset in seen.offsets()}
    return _Spot(
        example, out, {u for u in under if u is not None} | outside, set(seen.offsets()), {place}
    )


def _pair(cell: tuple[int, ...]) -> Position:
    return cell[-2], cell[-1]


def _size(value: Value) -> Pair:
    return value.shape[2], value.shape[3]


def _at(seen: Window, place: Position, offset: Position) -> Position:
    """The row and column under a cell of the window, negative on the padding before the first."""
    row, column = (
        at * s + u * d - p
        for at, u, s, p, d in zip(
            place, offset, seen.stride, seen.padding, seen.dilation, strict=True
        )
    )
    return row, column


def _rows(desk: Desk, slide: _Slide, spot: _Spot, say: Say) -> list[Row]:
    """A row for each input channel; the output stands beside the first."""
    seen, around = slide.window, slide.window.padding
    channels = range(slide.x.shape[1]) if slide.W is not None else [spot.out]
    selected = desk.selected.id if desk.selected.of is None else desk.selected.of
    won = _won(desk, slide, spot)
    output = Plane(
        _title(slide.y, spot.out),
        _size(slide.y),
        _image(desk, slide.y, (spot.example, spot.out)),
        seen=frozenset(spot.places),
        chosen=_pair(desk.cell) if selected == slide.y.id else None,
    )
    rows = []
    for index, channel in enumerate(channels):
        left = Plane(
            _title(slide.x, channel),
            _size(slide.x),
            _image(desk, slide.x, (spot.example, channel)),
            around,
            frozenset(_shifted(spot.seen, around)),
            frozenset(_shifted(won, around)),
        )
        row, signs = [left], []
        if slide.W is not None:
            kernel = Plane(
                f"{slide.W.name}[{spot.out},{channel}]",
                seen.kernel,
                _image(desk, slide.W, (spot.out, channel)),
                seen=frozenset(spot.offsets),
            )
            row, signs = [left, kernel], ["⋆"]
        if index == 0:
            row, signs = [*row, output], [*signs, "=" if slide.W is not None else "→"]
        rows.append(Row(row, signs))
    counts = _counts(desk, slide, say)
    return [*rows, *counts]


def _shifted(cells: set[Position], around: Pair) -> set[Position]:
    return {(r + around[0], c + around[1]) for r, c in cells}


def _title(value: Value, channel: int) -> str:
    return f"{value.name}[{channel}]" if value.shape[1] > 1 else value.name


def _image(desk: Desk, value: Value, at: Position) -> np.ndarray | None:
    there = desk.session.bench.player.exists(value)
    return desk.trace.data(value)[at] if there else None


def _won(desk: Desk, slide: _Slide, spot: _Spot) -> set[Position]:
    """The cells that a max pool took: all of them."""
    if slide.event.op != "max_pool2d" or not desk.session.bench.player.exists(slide.y):
        return set()
    image = desk.trace.data(slide.x)[spot.example, spot.out][None, None]
    across = slide.window.kernel[1]
    cells = winners(image, slide.window)[0, 0]
    return {
        _at(slide.window, place, divmod(int(cells[place]), across))
        for place in np.ndindex(*cells.shape)
    }


def _counts(desk: Desk, slide: _Slide, say: Say) -> list[Row]:
    """How many windows see each pixel, once its gradient is there; beside the gradient."""
    gradient = desk.trace.gradient(slide.x)
    if gradient is None or not desk.session.bench.player.exists(gradient):
        return []
    size = _size(slide.x)
    counts = np.zeros(size)
    for cell in np.ndindex(*size):
        counts[cell] = len({place for place, _ in slide.window.over(cell, size)})
    shown = desk.trace.data(gradient)[0, 0]
    return [
        Row(
            [
                Plane(say("figure.windows_on", name=slide.x.name), size, counts),
                Plane(desk.trace.symbol(gradient), size, shown),
            ],
            [" "],
        )
    ]


def _sum(desk: Desk, width: int, look: Look) -> list[Strip]:
    why = desk.why()
    if why is None or why.event is None or why.event.op not in SLIDING:
        return []
    rights = dict.fromkeys((why.with_numbers, f"{why.number:.6g}"))
    spec = Formula(why.symbol, list(rights))
    return formula_lines(spec, width, look)[:MOST_TERMS]


def _sizes(slide: _Slide, width: int, look: Look) -> list[Strip]:
    """The output's rows and columns, worked out: ⌊(n + 2p − k) / s⌋ + 1."""
    seen = slide.window
    told = []
    for axis in (0, 1):
        n, k = _size(slide.x)[axis], seen.kernel[axis]
        p, s, result = seen.padding[axis], seen.stride[axis], _size(slide.y)[axis]
        told.append(f"⌊({n} + 2·{p} − {k}) / {s}⌋ + 1 = {result}")
    first, second = told
    lines = [first] if first == second else [first, second]
    return [
        Line(width).add(look.write(line), look.number, look.glyphs.ellipsis).strip()
        for line in lines
    ]

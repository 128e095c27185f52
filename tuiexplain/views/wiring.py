"""A network with every weight as a line and every unit's own surface, small."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from tuiexplain.views.canvas import ACROSS, DOWN
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.palette import largest_of
from tuiexplain.views.picture import Area, Hits, Picture
from tuiexplain.views.text import shorten, width_of
from tuiexplain.views.wires import Wire, Wires, strengths
from tuiexplain.views.wiring_layout import HEAD, Layout, layout
from tuiexplain.views.wiring_spec import Column, Wiring

MOST_WIRES = 160
"""Lines between two layers, the strongest; those of the unit under the cursor always."""


def wiring_layout(
    columns: list[tuple[int, list[str]]],
    unit: tuple[int, int] | None,
    width: int,
    height: int,
    look: Look,
) -> Layout:
    """Where everything lies, for columns of so many units with these labels."""
    counts = tuple(count for count, _ in columns)
    widths = [max((width_of(look.write(n)) for n in names), default=0) for _, names in columns]
    last = widths[-1] if len(columns) > 1 else 0
    return layout(counts, (widths[0], last), unit, width, height)


def surface_size(there: Layout, look: Look) -> tuple[int, int]:
    """Rows and columns of what a unit says that its small surface has room for."""
    if look.colourless or look.ascii_only:
        return there.tall, max(1, there.wide // 2)
    return 2 * there.tall, there.wide


def wiring(spec: Wiring, width: int, height: int, look: Look) -> Picture:
    """The network in exactly ``width`` x ``height``.

    Hits: ``("column", column)`` of a title, ``("unit", column, unit)``, and ``("weight", column, to,
    from)`` where ``column`` is that of the unit it leads to.
    """
    named = [(column.count, list(column.labels)) for column in spec.columns]
    there = wiring_layout(named, spec.unit, width, height, look)
    grid = Grid(width, height)
    wires = Wires(width, height, look)
    _wires(spec, there, wires, look)
    wires.onto(grid)
    for stack in there.stacks:
        column = spec.columns[stack.column]
        _title(grid, column, stack.x, there, width, look)
        for i, row in enumerate(stack.rows):
            unit = stack.first + i
            _unit(grid, column, unit, (stack.x, row), there, look)
            if spec.unit == (stack.column, unit):
                _cursor(grid, spec, (stack.x, row), there, look)
        middle = stack.x + there.wide // 2
        if stack.above and stack.rows:
            _more(grid, middle, stack.rows[0] - 1, f"{look.glyphs.up}{stack.above}", look)
        if stack.below and stack.rows:
            row = stack.rows[-1] + there.tall
            _more(grid, middle, row, f"{look.glyphs.down}{stack.below}", look)
        _labels(grid, column, stack.column, there, len(spec.columns), look)
    if there.before:
        grid.put(0, 0, f"{look.glyphs.left}{there.before}", look.cause)
    if there.after:
        text = f"{there.after}{look.glyphs.right}"
        grid.put(width - len(text), 0, text, look.cause)
    _note(grid, spec, there, look)
    return Picture(grid.strips(), _hits(there, wires))


def _more(grid: Grid, middle: int, row: int, text: str, look: Look) -> None:
    grid.put(middle - len(text) // 2, row, text, look.cause)


def _title(grid: Grid, column: Column, x: int, there: Layout, width: int, look: Look) -> None:
    """The title above its column, in the middle, no wider than the way to its neighbours."""
    room, words = there.wide + there.gap - 1, look.write(column.title).split(" ")
    while len(words) > 1 and width_of(" ".join(words)) > room:
        words.pop()
    title = shorten(" ".join(words), room, look.glyphs.ellipsis)
    start = x + (there.wide - width_of(title)) // 2
    grid.put(max(0, min(start, width - width_of(title))), 0, title, look.muted)


def _labels(grid: Grid, column: Column, index: int, there: Layout, count: int, look: Look) -> None:
    """Names before the first column and after the last."""
    stack = next(s for s in there.stacks if s.column == index)
    for i, row in enumerate(stack.rows):
        unit = stack.first + i
        if unit >= len(column.labels):
            return
        label = look.write(column.labels[unit])
        style = look.faint if unit in column.off else look.name
        line = row + (there.tall - 1) // 2
        if index == 0 and there.left:
            text = shorten(label, there.left - 1, look.glyphs.ellipsis)
            grid.put(stack.x - 1 - width_of(text), line, text, style)
        elif index == count - 1 and there.right:
            text = shorten(label, there.right - 1, look.glyphs.ellipsis)
            grid.put(stack.x + there.wide + 1, line, text, style)


def _unit(
    grid: Grid, column: Column, unit: int, at: tuple[int, int], there: Layout, look: Look
) -> None:
    x, y = at
    if unit in column.off:
        for row in range(there.tall):
            grid.put(x, y + row, look.glyphs.unknown * there.wide, look.faint)
        return
    rows, columns = surface_size(there, look)
    numbers = np.asarray(column.surfaces[unit], dtype=float)
    if numbers.shape != (rows, columns):
        tall, wide = numbers.shape
        numbers = numbers[
            np.ix_(np.arange(rows) * tall // rows, np.arange(columns) * wide // columns)
        ]
    heat = look.heat
    levels = heat.quantise(numbers, largest_of(column.surfaces[unit])).tolist()
    if look.colourless or look.ascii_only:
        for row, line in enumerate(levels):
            text = "".join(map(heat.shade, line))
            text = (text[1] if text[0] == "+" else text[0]) if there.wide == 1 else text
            grid.put(x, y + row, text[: there.wide], look.text)
        return
    for row in range(there.tall):
        upper, lower = levels[2 * row], levels[2 * row + 1]
        for i, (above, below) in enumerate(zip(upper, lower, strict=True)):
            grid.put(x + i, y + row, look.glyphs.half, heat.blocks(above, below))


def _cursor(grid: Grid, spec: Wiring, at: tuple[int, int], there: Layout, look: Look) -> None:
    """Brackets beside the unit: they are seen without colours, and hide none of it."""
    x, y = at
    style = look.highlight if spec.focused else look.cause
    for row in range(there.tall):
        grid.put(x - 1, y + row, "[", style)
        grid.put(x + there.wide, y + row, "]", style)


# -- wires -----------------------------------------------------------------------------------------


def _wires(spec: Wiring, there: Layout, wires: Wires, look: Look) -> None:
    known = [w[np.isfinite(w)] for w in map(np.asarray, spec.weights)]
    largest = max((largest_of(w) for w in known), default=0.0)
    for left, right in pairwise(there.stacks):
        between = np.asarray(spec.weights[right.column - 1])
        strong = strengths(between, largest)[
            right.first : right.first + len(right.rows), left.first : left.first + len(left.rows)
        ]
        middle = there.tall * DOWN // 2
        x0, x1 = (left.x + there.wide) * ACROSS + 1, right.x * ACROSS - 2
        for to, source in _order(strong, left.first, right.first, right.column, spec):
            wire = Wire(x0, left.rows[source] * DOWN + middle, x1, right.rows[to] * DOWN + middle)
            name = ("weight", right.column, right.first + to, left.first + source)
            mine = spec.unit == (right.column, right.first + to)
            if mine and spec.source == left.first + source:
                wires.draw(name, wire, int(strong[to, source]) or 1, look.cause)
            else:
                wires.draw(name, wire, int(strong[to, source]))


def _order(
    strong: np.ndarray, left: int, right: int, column: int, spec: Wiring
) -> list[tuple[int, int]]:
    """The weaker first, so that the stronger lie over them; those of the cursor's unit on top."""
    weight = np.abs(strong).astype(int)
    if weight.size > MOST_WIRES:
        least = np.partition(weight.reshape(-1), -MOST_WIRES)[-MOST_WIRES]
        weight[weight < least] = 0
    own = np.zeros_like(weight)
    if spec.unit is not None:
        at, unit = spec.unit
        if at == column and 0 <= unit - right < len(strong):
            own[unit - right] = 1
            weight[unit - right] = np.abs(strong[unit - right])
            if spec.source is not None and 0 <= spec.source - left < strong.shape[1]:
                own[unit - right, spec.source - left] = 2
    order = np.argsort((10 * own + weight).reshape(-1), kind="stable")
    drawn = order[(weight.reshape(-1) > 0)[order] | (own.reshape(-1) == 2)[order]]
    return [(int(i) // strong.shape[1], int(i) % strong.shape[1]) for i in drawn]


def _note(grid: Grid, spec: Wiring, there: Layout, look: Look) -> None:
    """The number of the weight that is looked at, in the middle of its line."""
    if spec.unit is None or spec.source is None or not spec.note:
        return
    start = there.area(spec.unit[0] - 1, spec.source)
    end = there.area(*spec.unit)
    text = look.write(spec.note)
    if start is None or end is None or width_of(text) > there.gap - 2:
        return
    row = (start.y + end.y + there.tall - 1) // 2
    grid.put(start.x + there.wide + (there.gap - width_of(text)) // 2, row, text, look.cause)


def _hits(there: Layout, wires: Wires) -> Hits:
    def at(x: int, y: int) -> object:
        for stack in there.stacks:
            if y < HEAD and abs(x - stack.x - there.wide // 2) <= (there.wide + there.gap) // 2:
                return ("column", stack.column)
            if stack.x <= x < stack.x + there.wide and y >= HEAD:
                unit = stack.unit(y, there.tall)
                if unit is not None:
                    return ("unit", stack.column, unit)
        return wires.at(x, y)

    def where(target: object) -> Area | None:
        match target:
            case ("column", int(column)):
                xs = [stack.x for stack in there.stacks if stack.column == column]
                return Area(xs[0], 0, there.wide, 1) if xs else None
            case ("unit", int(column), int(unit)):
                return there.area(column, unit)
            case _ if target in wires.names:
                found = np.argwhere(wires.owner == wires.names.index(target))
                if len(found):
                    y, x = found[len(found) // 2].tolist()
                    return Area(x, y, 1, 1)
        return None

    return Hits(at, where)

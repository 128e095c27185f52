"""The network as a picture: nodes from left to right, live values in them, the running one lit.

Forward arrows fill as values arrive (``╌╌▷`` becomes ``──▶``); in the backward phase blame runs
from right to left (``◀━━``), on a line of its own under a chain and on the wires of a branching
graph. Where the whole does not fit, the part around the running node is shown, with ``‹ ›``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from rich.style import Style
from textual.strip import Strip

from tuiexplain.views.graph_geometry import Geometry
from tuiexplain.views.graph_spec import Edge, Graph, Node
from tuiexplain.views.graph_wires import draw_wires
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.palette import reverse
from tuiexplain.views.picture import Area, Line, Picture, area_hits, fill
from tuiexplain.views.text import width_of
from tuiexplain.views.thumbnail import thumbnail

__all__ = ["Edge", "Graph", "Node", "graph", "graph_height"]

MARGIN = 2
"""Columns at each side for the arrows that say that there is more."""


def graph(spec: Graph, width: int, height: int, look: Look) -> Picture:
    """The graph in ``width`` x ``height``. Hits: node ids."""
    if not spec.nodes or width <= 2 * MARGIN or height <= 0:
        return Picture(fill([], max(0, width), max(0, height)))
    geometry = Geometry(spec, height, look)
    more_than_fits = geometry.width > width or geometry.height > height
    margin = MARGIN if more_than_fits else 0
    room = width - 2 * margin
    left, top = geometry.window(room, height)
    grid = Grid(room, height)
    draw_wires(grid, spec, geometry, left, top, look)
    places: list[tuple[Hashable, Area]] = []
    for i, node in enumerate(spec.nodes):
        area = geometry.area(i)
        x, y = area.x - left, area.y - top
        if -area.width < x < room and -area.height < y < height:
            _node(grid, spec, geometry, i, (x, y), look)
            places.append((node.id, Area(x + margin, y, area.width, area.height)))
    strips = grid.strips()
    if margin:
        strips = _framed(strips, geometry, (left, top), (room, height), look)
    return Picture(strips, area_hits(_visible(places, margin, margin + room, height)))


def graph_height(spec: Graph, most: int) -> int:
    """The lines that a graph fills where there is room for ``most``."""
    return Geometry.lines(spec, most)


def _node(
    grid: Grid, spec: Graph, geometry: Geometry, i: int, at: tuple[int, int], look: Look
) -> None:
    """Label, value and gradient of one node, in the form that the geometry has chosen."""
    node, (x, y) = spec.nodes[i], at
    label, width = geometry.labels[i], geometry.value_width(i)
    lit = node.id == spec.running
    back = spec.phase != "forward"
    _write(grid, x, y, [(label, _label_style(node, spec, lit, look))], look)
    if geometry.slot == 1:
        start = x + width_of(label) + 1
        if back and node.gradient is not None:
            _gradient(grid, start, y, node, width, look)
        elif node.value is not None:
            _write(grid, start, y, thumbnail(node.value, width, look, node.scalar), look)
        return
    if node.value is None:
        grid.put(x, y + 1, look.glyphs.unknown, look.faint)
    else:
        _write(grid, x, y + 1, thumbnail(node.value, width, look, node.scalar), look)
    if geometry.slot > 2 and back:
        if node.gradient is None:
            grid.put(x, y + 2, look.glyphs.unknown, look.faint)
        else:
            _write(grid, x, y + 2, _gradient_runs(node, width, look), look)
    elif not geometry.chain and node.gradient is not None:
        _gradient(grid, x + width + 1, y + 1, node, width, look)


def _label_style(node: Node, spec: Graph, lit: bool, look: Look) -> Style:
    if lit:
        return reverse(look.phase(spec.phase, lit=True))
    if node.id == spec.selected:
        return look.term
    return look.muted if node.value is None else look.strong


def _gradient(grid: Grid, x: int, y: int, node: Node, width: int, look: Look) -> None:
    """``∂`` and the gradient: beside a value, colour alone would not tell them apart."""
    _write(grid, x, y, [(look.write("∂"), look.backward)], look)
    _write(grid, x + 1, y, _gradient_runs(node, width, look), look)


def _gradient_runs(node: Node, width: int, look: Look) -> list[tuple[str, Style]]:
    """The gradient as wide as its value: no more room is kept for it."""
    assert node.gradient is not None
    runs = thumbnail(node.gradient, width, look, node.scalar)
    return [(t, look.backward if s is look.number else s) for t, s in runs]


def _write(grid: Grid, x: int, y: int, runs: Iterable[tuple[str, Style]], look: Look) -> None:
    """Runs of text from ``x`` on; one that the edge would cut in two becomes an ellipsis."""
    for text, style in runs:
        columns = width_of(text)
        if x >= 0 and x + columns <= grid.width:
            grid.put(x, y, text, style)
        elif -columns < x < grid.width:
            grid.put(max(0, x), y, look.glyphs.ellipsis, style)
        x += columns


def _framed(
    strips: Sequence[Strip],
    geometry: Geometry,
    start: tuple[int, int],
    size: tuple[int, int],
    look: Look,
) -> list[Strip]:
    """The window with its margins, in which arrows point to what is outside."""
    glyphs = look.glyphs
    (left, top), (room, height) = start, size
    middle = min(height, geometry.height) // 2
    framed = []
    for y, strip in enumerate(strips):
        before, after = " ", " "
        if y == middle:
            before = glyphs.left if left > 0 else " "
            after = glyphs.right if left + room < geometry.width else " "
        if y == 0 and top > 0:
            after = glyphs.up
        if y == height - 1 and top + height < geometry.height:
            after = glyphs.down
        line = Line(room + 2 * MARGIN).add(before, look.strong).space(1).extend(strip)
        framed.append(line.to(room + 2 * MARGIN - 1).add(after, look.strong).strip())
    return framed


def _visible(
    places: Iterable[tuple[Hashable, Area]], start: int, end: int, height: int
) -> list[tuple[Hashable, Area]]:
    """The visible parts of areas."""
    out = []
    for target, (x, y, width, lines) in places:
        left, right = max(x, start), min(x + width, end)
        top, bottom = max(y, 0), min(y + lines, height)
        if left < right and top < bottom:
            out.append((target, Area(left, top, right - left, bottom - top)))
    return out

"""The network as a picture: nodes from left to right, live values in them, the running one lit.

Forward arrows fill as values arrive (``╌╌▷`` becomes ``──▶``); in the backward phase blame runs
from right to left (``◀━━``), on a line of its own under a chain and on the wires of a branching
graph. Where the whole does not fit, the part around the running node is shown, with ``‹ ›``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rich.style import Style
from textual.strip import Strip

from tuiexplain.trace.numbers import format_number
from tuiexplain.trace.tile import Reduce, reduce_tile
from tuiexplain.views.graph_layout import Layout, Wire, lay_out
from tuiexplain.views.look import Look
from tuiexplain.views.palette import largest_of
from tuiexplain.views.picture import Area, Line, Picture, area_hits, fill
from tuiexplain.views.text import shorten, width_of

NUMBER = 6
"""Columns kept for a number."""
THUMB = 4
"""Most columns of a thumbnail."""
MOST_LABEL = 12


@dataclass(frozen=True)
class Node:
    """An operation or a value.

    ``value`` and ``gradient`` are arrays (any shape), ``None`` for not there yet. ``scalar`` keeps
    room for a number instead of a thumbnail.
    """

    id: Hashable
    label: str
    value: np.ndarray | None = None
    gradient: np.ndarray | None = None
    scalar: bool = False


@dataclass(frozen=True)
class Edge:
    """``source`` goes into ``target``; ``back`` once blame has come back along it."""

    source: Hashable
    target: Hashable
    back: bool = False
    running: bool = False


@dataclass(frozen=True)
class Graph:
    """Nodes, edges and what runs: ``running`` is a node's id, ``phase`` says in which direction."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]
    running: Hashable | None = None
    phase: str = "forward"
    selected: Hashable | None = None


def graph(spec: Graph, width: int, height: int, look: Look) -> Picture:
    """The graph in ``width`` x ``height``. Hits: node ids."""
    if not spec.nodes or width <= 0 or height <= 0:
        return Picture(fill([], max(0, width), max(0, height)))
    return _Drawing(spec, width, height, look).picture()


def graph_height(spec: Graph) -> int:
    """The lines that show all of a graph with its values and gradients."""
    layout = _layout(spec)
    return 3 if layout.rows == 1 else layout.rows * 2


def _layout(spec: Graph) -> Layout:
    numbers = {node.id: i for i, node in enumerate(spec.nodes)}
    pairs = tuple(
        (numbers[e.source], numbers[e.target])
        for e in spec.edges
        if e.source in numbers and e.target in numbers
    )
    return lay_out(len(spec.nodes), pairs)


UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
_BOX = {
    UP | DOWN: "│", LEFT | RIGHT: "─", DOWN | RIGHT: "┌", DOWN | LEFT: "┐", UP | RIGHT: "└",
    UP | LEFT: "┘", UP | DOWN | RIGHT: "├", UP | DOWN | LEFT: "┤", DOWN | LEFT | RIGHT: "┬",
    UP | LEFT | RIGHT: "┴", UP | DOWN | LEFT | RIGHT: "┼", LEFT: "─", RIGHT: "─", UP: "│",
    DOWN: "│",
}  # fmt: skip
_HEAVY = dict(zip("│─┌┐└┘├┤┬┴┼", "┃━┏┓┗┛┣┫┳┻╋", strict=True))
_DOTTED = {"─": "╌", "│": "┆"}

PENDING, DONE, BACK, RUNNING = range(4)
"""States of a wire, from the weakest to the strongest."""


class _Drawing:
    def __init__(self, spec: Graph, width: int, height: int, look: Look) -> None:
        self.spec, self.width, self.height, self.look = spec, width, height, look
        self.layout = layout = _layout(spec)
        self.chain = layout.rows == 1
        self.slot = max(1, min(3 if self.chain else 2, height // layout.rows))
        self.under = self.chain and self.slot > 1
        self.x, self.layer_width, self.total = self._columns()
        running = [i for i, n in enumerate(spec.nodes) if n.id == spec.running]
        self.running = running[0] if running else None
        self.left, self.top = self._window()
        self.spans: list[list[tuple[int, str, Style]]] = [[] for _ in range(height)]
        self.cells: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        self.places: list[tuple[Hashable, Area]] = []

    # -- where -------------------------------------------------------------------------------------

    def _label(self, node: Node) -> str:
        return shorten(self.look.write(node.label), MOST_LABEL, self.look.glyphs.ellipsis)

    def _value_width(self, node: Node) -> int:
        return NUMBER if node.scalar else THUMB

    def _node_width(self, node: Node) -> int:
        label = width_of(self._label(node))
        value = self._value_width(node)
        if self.slot == 1:
            return label + 1 + value
        if self.chain:
            return max(label, value - 3)
        return max(label, value * 2 + 1)

    def _columns(self) -> tuple[list[int], list[int], int]:
        widths = [1] * self.layout.layers
        for node, (layer, _) in zip(self.spec.nodes, self.layout.places, strict=True):
            widths[layer] = max(widths[layer], self._node_width(node))
        xs, x = [], 0
        for layer, width in enumerate(widths):
            xs.append(x)
            x += width
            if layer + 1 < len(widths):
                x += self._gap(layer)
        last = self.layout.layers - 1
        if self.chain:  # a thumbnail may be wider than the label above it
            tail = [
                n for n, p in zip(self.spec.nodes, self.layout.places, strict=True) if p[0] == last
            ]
            x = max(x, xs[-1] + max(self._value_width(n) for n in tail))
        return xs, widths, x

    def _gap(self, layer: int) -> int:
        tracks = self.layout.tracks[layer]
        return 5 + tracks if tracks else 5

    def _window(self) -> tuple[int, int]:
        rows = self.layout.rows * self.slot
        at = self.layout.places[self.running] if self.running is not None else (0, 0)
        left = 0
        room = self.width - 4
        if self.total > self.width:
            centre = self.x[at[0]] + self.layer_width[at[0]] // 2
            starts = [x for x in self.x if x <= max(0, centre - room // 3)]
            left = min(starts[-1], self.total - room)
            left = max(0, left)
        top = 0
        if rows > self.height:
            top = min(max(0, at[1] * self.slot - self.height // 2), rows - self.height)
        return left, top

    # -- drawing -----------------------------------------------------------------------------------

    def picture(self) -> Picture:
        self._wires()
        for i, node in enumerate(self.spec.nodes):
            self._node(i, node)
        scrolled = self.total > self.width
        start = 2 if scrolled else 0
        end = self.width - start
        more_left = scrolled and self.left > 0
        more_right = scrolled and self.left + (end - start) < self.total
        strips = [self._strip(y, start, end, more_left, more_right) for y in range(self.height)]
        places = [
            (node, Area(area.x - self.left + start, area.y - self.top, area.width, area.height))
            for node, area in self.places
        ]
        return Picture(strips, area_hits(_inside(places, start, end, self.height)))

    def _strip(self, y: int, start: int, end: int, more_left: bool, more_right: bool) -> Strip:
        look = self.look
        spans = sorted(self.spans[y], key=lambda s: s[0])
        line = Line(self.width)
        middle = y == min(self.height - 1, (self.layout.rows * self.slot - 1) // 2)
        if start:
            line.add(f"{look.glyphs.left} " if more_left and middle else "  ", look.strong)
        for x, text, style in spans:
            at = x - self.left + start
            if at < start:
                text = _drop(text, start - at)  # noqa: PLW2901
                at = start
            if at >= end or not text:
                continue
            line.to(at)
            room = end - line.used
            line.add(text if width_of(text) <= room else shorten(text, room, ""), style)
        line.to(end)
        if start:
            line.add(f" {look.glyphs.right}" if more_right and middle else "  ", look.strong)
        return line.strip()

    def _put(self, x: int, y: int, text: str, style: Style) -> None:
        y -= self.top
        if 0 <= y < self.height and text:
            self.spans[y].append((x, text, style))

    def _node(self, i: int, node: Node) -> None:
        layer, row = self.layout.places[i]
        x, y = self.x[layer], row * self.slot
        look = self.look
        label = self._label(node)
        lit = i == self.running
        if lit:
            style = look.phase(self.spec.phase, lit=True)
        elif node.value is None:
            style = look.faint
        else:
            style = look.strong if node.id == self.spec.selected else look.text
        if lit:
            style = _reversed(style)
        self._put(x, y, label, style)
        value_width = self._value_width(node)
        if self.slot == 1:
            self._value(x + width_of(label) + 1, y, node, self._inline(node), value_width)
        elif self.chain:
            self._value(x, y + 1, node, node.value, value_width)
            if self.slot > 2:
                self._gradient(x, y + 2, node, value_width)
        else:
            self._value(x, y + 1, node, node.value, value_width)
            if node.gradient is not None:
                self._gradient(x + value_width + 1, y + 1, node, value_width)
        area = Area(x, y, max(self.layer_width[layer], value_width), self.slot)
        self.places.append((node.id, area))

    def _inline(self, node: Node) -> np.ndarray | None:
        """What stands behind the label when there is one line: the gradient once it is there."""
        back = self.spec.phase != "forward" and node.gradient is not None
        return node.gradient if back else node.value

    def _value(self, x: int, y: int, node: Node, array: np.ndarray | None, width: int) -> None:
        if array is None:
            if self.slot > 1:
                self._put(x, y, self.look.glyphs.unknown, self.look.faint)
            return
        gradient = array is node.gradient
        for text, style in thumbnail(array, width, self.look, node.scalar):
            shown = self.look.backward if gradient and node.scalar else style
            self._put(x, y, text, shown)
            x += width_of(text)

    def _gradient(self, x: int, y: int, node: Node, width: int) -> None:
        if node.gradient is None:
            if self.spec.phase != "forward":
                self._put(x, y, self.look.glyphs.unknown, self.look.faint)
            return
        self._value(x, y, node, node.gradient, width)

    # -- wires -------------------------------------------------------------------------------------

    def _wires(self) -> None:
        numbers = {node.id: i for i, node in enumerate(self.spec.nodes)}
        states: dict[tuple[int, int], int] = {}
        for edge in self.spec.edges:
            if edge.source in numbers and edge.target in numbers:
                key = (numbers[edge.source], numbers[edge.target])
                states[key] = max(self._state(edge, *key), states.get(key, 0))
        heads: list[tuple[int, int, str, int]] = []
        for g, wires in enumerate(self.layout.gaps):
            for wire in wires:
                self._wire(g, wire, states, heads)
        self._draw_cells()
        for x, y, glyph, state in heads:
            self._put(x, y, glyph, self._wire_style(state))
        if self.under:
            self._blame_line(states)

    def _state(self, edge: Edge, source: int, target: int) -> int:
        if self.spec.phase == "forward":
            if edge.running or target == self.running:
                return RUNNING
        elif not self.under:
            if edge.running:
                return RUNNING
            if edge.back:
                return BACK
        return DONE if self.spec.nodes[target].value is not None else PENDING

    def _wire_style(self, state: int) -> Style:
        look = self.look
        if state == RUNNING:
            return look.phase(self.spec.phase, lit=True)
        if state == BACK:
            return look.backward
        return look.muted if state == DONE else look.faint

    def _wire(
        self,
        g: int,
        wire: Wire,
        states: dict[tuple[int, int], int],
        heads: list[tuple[int, int, str, int]],
    ) -> None:
        """Lay one wire through gap ``g``, and through the layer behind it where it only passes."""
        y = wire.row * self.slot
        layer, _ = self.layout.places[wire.net]
        x = self.x[g] + self.layer_width[g] + 1
        if layer == g:
            start = self.x[g] + self._text_width(self.spec.nodes[wire.net]) + 1
        else:
            start = self.x[g]
        end = self.x[g + 1] - 2
        track = x + 1 + wire.track if wire.track is not None else None
        through = max(
            (s for (u, v), s in states.items() if u == wire.net and self._beyond(v, g)),
            default=PENDING,
        )
        for row, target in wire.ends:
            state = through if target is None else states.get((wire.net, target), PENDING)
            stop = self.x[g + 1] + self.layer_width[g + 1] if target is None else end
            target_y = row * self.slot
            key = wire.net if target is None else -1 - target
            if target_y == y or track is None:
                self._horizontal(start, stop, y, key, state)
            else:
                self._horizontal(start, track, y, key, state, last=UP if target_y < y else DOWN)
                step = 1 if target_y > y else -1
                for ty in range(y + step, target_y, step):
                    self._cell(track, ty, UP | DOWN, key, state)
                first = UP if target_y > y else DOWN
                self._horizontal(track, stop, target_y, key, state, first=first)
            self._heads(start, y, end, target_y, target, state, heads)

    def _beyond(self, node: int, g: int) -> bool:
        return self.layout.places[node][0] > g + 1

    def _text_width(self, node: Node) -> int:
        label = width_of(self._label(node))
        if self.slot == 1:
            return label + 1 + self._value_width(node)
        return label

    def _heads(
        self, start: int, y: int, end: int, target_y: int, target: int | None, state: int,
        heads: list[tuple[int, int, str, int]],
    ) -> None:  # fmt: skip
        glyphs = self.look.glyphs
        back = state == BACK or (state == RUNNING and self.spec.phase == "backward")
        if back:
            heads.append((start, y, glyphs.backward, state))
        elif target is not None:
            hollow = "▷" if not self.look.ascii_only else glyphs.forward
            heads.append((end, target_y, hollow if state == PENDING else glyphs.forward, state))

    def _horizontal(
        self,
        start: int,
        stop: int,
        y: int,
        key: int,
        state: int,
        first: int = LEFT,
        last: int = RIGHT,
    ) -> None:
        """Cells from ``start`` to ``stop``; ``first`` and ``last`` say where the ends lead."""
        self._cell(start, y, first | RIGHT, key, state)
        for x in range(start + 1, stop):
            self._cell(x, y, LEFT | RIGHT, key, state)
        self._cell(stop, y, LEFT | last, key, state)

    def _cell(self, x: int, y: int, mask: int, key: int, state: int) -> None:
        if self.left <= x < self.left + self.width and 0 <= y - self.top < self.height:
            self.cells.setdefault((x, y), []).append((mask, key, state))

    def _draw_cells(self) -> None:
        for (x, y), found in self.cells.items():
            state = max(s for _, _, s in found)
            mask = 0
            for m, _, _ in found:
                mask |= m
            if len({k for _, k, _ in found}) > 1 and mask == UP | DOWN | LEFT | RIGHT:
                plain = {m for m, _, _ in found}
                if plain == {UP | DOWN, LEFT | RIGHT}:  # a crossing, not a joint
                    mask = UP | DOWN
            self._put(x, y, self._wire_glyph(mask, state), self._wire_style(state))

    def _wire_glyph(self, mask: int, state: int) -> str:
        glyph = _BOX[mask]
        glyphs = self.look.glyphs
        if self.look.ascii_only:
            if glyph in "─│":
                straight = glyphs.line if glyph == "─" else glyphs.vertical
                if glyph == "─" and state in (RUNNING, PENDING):
                    return glyphs.heavy if state == RUNNING else glyphs.dotted
                return straight
            return "+"
        if state == RUNNING:
            return _HEAVY[glyph]
        if state == PENDING:
            return _DOTTED.get(glyph, glyph)
        return glyph

    def _blame_line(self, states: dict[tuple[int, int], int]) -> None:
        """Under a chain: arrows from right to left where blame has come back."""
        glyphs, y = self.look.glyphs, self.slot - 1
        nodes = {node.id: i for i, node in enumerate(self.spec.nodes)}
        for edge in self.spec.edges:
            if (
                not (edge.back or edge.running)
                or edge.source not in nodes
                or edge.target not in nodes
            ):
                continue
            if edge.running and self.spec.phase != "backward":
                continue
            source, target = nodes[edge.source], nodes[edge.target]
            start = (
                self.x[self.layout.places[source][0]]
                + self._value_width(self.spec.nodes[source])
                + 1
            )
            end = self.x[self.layout.places[target][0]] - 1
            if end - start < 2:
                start = end - 2
            line = glyphs.heavy if edge.running else glyphs.line
            style = self.look.phase("backward", lit=edge.running)
            self._put(start, y, glyphs.backward + line * (end - start - 1), style)


def thumbnail(
    array: np.ndarray, width: int, look: Look, scalar: bool = False
) -> list[tuple[str, Style]]:
    """An array in one line of at most ``width`` columns: a number, or cells of its heat map."""
    array = np.asarray(array, dtype=float)
    if scalar or array.size == 1:
        number = float(array.reshape(-1)[0]) if array.size else float("nan")
        return [(number_text(number, width), look.number)]
    heat = look.heat
    if look.colourless or look.ascii_only:
        tile = reduce_tile(array, None, (1, width), Reduce.EXTREME)
        levels = heat.quantise(tile, largest_of(array))[0].tolist()
        return [(heat.shade(level)[1], look.text) for level in levels]
    tile = reduce_tile(array, None, (2, width), Reduce.EXTREME)
    levels2 = heat.quantise(tile, largest_of(array)).tolist()
    if len(levels2) == 1:
        return [(" ", heat.style(level)) for level in levels2[0]]
    return [
        (look.glyphs.half, heat.blocks(u, v)) for u, v in zip(levels2[0], levels2[1], strict=True)
    ]


def number_text(number: float, width: int) -> str:
    """A number in at most ``width`` columns."""
    for digits in (4, 3, 2, 1):
        text = format_number(number, digits)
        if len(text) <= width:
            return text
    return text[:width]


def _reversed(style: Style) -> Style:
    from tuiexplain.views.palette import reverse

    return reverse(style)


def _drop(text: str, columns: int) -> str:
    """``text`` without its first ``columns`` columns (half a wide character leaves a space)."""
    dropped = 0
    for at, character in enumerate(text):
        if dropped >= columns:
            return " " * (dropped - columns) + text[at:]
        dropped += width_of(character)
    return " " * (dropped - columns)


def _inside(
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

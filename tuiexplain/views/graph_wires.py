"""The wires of a graph: box-drawing from layer to layer, in the state of what flows in them."""

from __future__ import annotations

from rich.style import Style

from tuiexplain.views.graph_geometry import Geometry
from tuiexplain.views.graph_layout import Wire
from tuiexplain.views.graph_spec import Edge, Graph
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look

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
"""States of a wire, from the weakest to the strongest; where wires join, the strongest is drawn."""


def draw_wires(
    grid: Grid, spec: Graph, geometry: Geometry, left: int, top: int, look: Look
) -> None:
    """Draw the wires of a graph whose sheet starts at column ``left`` and line ``top``."""
    wiring = _Wiring(grid, spec, geometry, (left, top), look)
    for gap, wires in enumerate(geometry.layout.gaps):
        for wire in wires:
            wiring.lay(gap, wire)
    wiring.draw()
    if wiring.under:
        wiring.blame_line()


class _Wiring:
    def __init__(
        self, grid: Grid, spec: Graph, geometry: Geometry, start: tuple[int, int], look: Look
    ) -> None:
        self.grid, self.spec, self.geometry, self.look = grid, spec, geometry, look
        self.left, self.top = start
        self.under = geometry.chain and geometry.slot > 1
        self.running = {i for i, n in enumerate(spec.nodes) if n.id == spec.running}
        self.states: dict[tuple[int, int], int] = {}
        for u, v, edge in spec.numbered():
            self.states[u, v] = max(self._state(edge, v), self.states.get((u, v), PENDING))
        self.cells: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        self.heads: list[tuple[int, int, str, int]] = []

    def _state(self, edge: Edge, target: int) -> int:
        if self.spec.phase == "forward":
            if edge.running or target in self.running:
                return RUNNING
        elif not self.under:
            if edge.running:
                return RUNNING
            if edge.back:
                return BACK
        return DONE if self.spec.nodes[target].value is not None else PENDING

    def _style(self, state: int) -> Style:
        look = self.look
        if state == RUNNING:
            return look.phase(self.spec.phase, lit=True)
        if state == BACK:
            return look.backward
        return look.muted if state == DONE else look.faint

    def _put(self, x: int, y: int, text: str, style: Style) -> None:
        self.grid.put(x - self.left, y - self.top, text, style)

    # -- laying ------------------------------------------------------------------------------------

    def lay(self, gap: int, wire: Wire) -> None:
        """One wire through a gap, and through the layer behind it where it only passes."""
        geometry = self.geometry
        layer, _ = geometry.layout.places[wire.net]
        y = wire.row * geometry.slot
        start = geometry.text_end(wire.net) + 1 if layer == gap else geometry.x[gap]
        end = geometry.x[gap + 1] - 2
        track = None
        if wire.track is not None:
            first = geometry.x[gap] + geometry.layer_width[gap] + 2
            track = first + 2 * wire.track
        for row, target in wire.ends:
            if target is None:
                state, key = self._through(wire.net, gap), wire.net
                stop = geometry.x[gap + 1] + geometry.layer_width[gap + 1]
            else:
                state, key = self.states.get((wire.net, target), PENDING), -1 - target
                stop = end
            self._path(start, y, track, stop, row * geometry.slot, key, state)
            if layer == gap and self._goes_back(state):
                self.heads.append((start, y, self.look.glyphs.backward, state))
            elif target is not None and not self._goes_back(state):
                self.heads.append((end, row * geometry.slot, self._head(state), state))

    def _through(self, net: int, gap: int) -> int:
        """The strongest state of what a wire carries on behind the next layer."""
        places = self.geometry.layout.places
        return max(
            (s for (u, v), s in self.states.items() if u == net and places[v][0] > gap + 1),
            default=PENDING,
        )

    def _goes_back(self, state: int) -> bool:
        return state == BACK or (state == RUNNING and self.spec.phase == "backward")

    def _head(self, state: int) -> str:
        if state == PENDING:
            return self.look.glyphs.hollow
        return self.look.glyphs.forward

    def _path(
        self, start: int, y: int, track: int | None, stop: int, target_y: int, key: int, state: int
    ) -> None:
        if target_y == y or track is None:
            self._across(start, stop, y, key, state)
            return
        down = target_y > y
        self._across(start, track, y, key, state, last=DOWN if down else UP)
        for between in range(min(y, target_y) + 1, max(y, target_y)):
            self._cell(track, between, UP | DOWN, key, state)
        self._across(track, stop, target_y, key, state, first=UP if down else DOWN)

    def _across(
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
        if start >= stop:
            self._cell(stop, y, first | last, key, state)
            return
        self._cell(start, y, first | RIGHT, key, state)
        for x in range(start + 1, stop):
            self._cell(x, y, LEFT | RIGHT, key, state)
        self._cell(stop, y, LEFT | last, key, state)

    def _cell(self, x: int, y: int, mask: int, key: int, state: int) -> None:
        inside = self.left <= x < self.left + self.grid.width
        if inside and 0 <= y - self.top < self.grid.height:
            self.cells.setdefault((x, y), []).append((mask, key, state))

    # -- drawing -----------------------------------------------------------------------------------

    def draw(self) -> None:
        """Everything that was laid, joints and crossings told apart, and the arrow heads."""
        for (x, y), found in self.cells.items():
            state = max(s for _, _, s in found)
            mask = 0
            for m, _, _ in found:
                mask |= m
            crossing = {m for m, _, _ in found} == {UP | DOWN, LEFT | RIGHT}
            if crossing:  # one wire behind the other: the upright one is drawn
                mask = UP | DOWN
                state = max(s for m, _, s in found if m == mask)
            self._put(x, y, self._glyph(mask, state), self._style(state))
        for x, y, glyph, state in sorted(self.heads, key=lambda h: h[3]):
            self._put(x, y, glyph, self._style(state))

    def _glyph(self, mask: int, state: int) -> str:
        glyph, glyphs = _BOX[mask], self.look.glyphs
        if self.look.ascii_only:
            if glyph == "│":
                return glyphs.vertical
            straight = {RUNNING: glyphs.heavy, PENDING: glyphs.dotted}.get(state, glyphs.line)
            return straight if glyph == "─" else "+"
        if state == RUNNING:
            return _HEAVY[glyph]
        return _DOTTED.get(glyph, glyph) if state == PENDING else glyph

    def blame_line(self) -> None:
        """Under a chain: arrows from right to left where blame has come back."""
        if self.spec.phase == "forward":
            return
        geometry, glyphs = self.geometry, self.look.glyphs
        for u, v, edge in self.spec.numbered():
            if not (edge.back or edge.running):
                continue
            running = edge.running and self.spec.phase == "backward"
            end = geometry.x[geometry.layout.places[v][0]] - 1
            start = min(geometry.thumb_end(u) + 1, end - 2)
            line = (glyphs.heavy if running else glyphs.line) * (end - start - 1)
            style = self.look.phase("backward", lit=running)
            self._put(start, geometry.slot - 1, glyphs.backward + line, style)

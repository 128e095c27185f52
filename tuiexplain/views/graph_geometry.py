"""Columns and lines of a graph's nodes, and the window on them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

import numpy as np

from tuiexplain.views.graph_layout import Layout, lay_out
from tuiexplain.views.graph_spec import THUMB, Graph
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area
from tuiexplain.views.text import shorten, width_of

NUMBER = 6
"""Columns kept for a number."""
MOST_LABEL = 12
GAP = 5
"""Columns between layers: `` ──▶ ``."""


class Geometry:
    """Where everything lies on the whole sheet, whatever part of it is shown.

    ``slot``: lines of a row: label with its value behind it (1), value under the label (2), and its
    gradient on a third line (3, chains only). Room is kept for values and gradients that are still
    to come, so that nothing moves when they arrive.
    """

    def __init__(self, spec: Graph, height: int, look: Look) -> None:
        self.spec = spec
        self.layout = _layout(spec)
        self.chain = self.layout.rows == 1
        self.slot = _slot(self.layout.rows, height)
        self.labels = [
            shorten(look.write(node.label), MOST_LABEL, look.glyphs.ellipsis) for node in spec.nodes
        ]
        self.layer_width = [1] * self.layout.layers
        for i, (layer, _) in enumerate(self.layout.places):
            self.layer_width[layer] = max(self.layer_width[layer], self._node_width(i))
        self.x: list[int] = []
        at = 0
        for layer, width in enumerate(self.layer_width):
            self.x.append(at)
            at += width + (self.gap(layer) if layer + 1 < self.layout.layers else 0)
        self.width = max(at, max((a.x + a.width for a in self._areas()), default=0))
        self.height = self.layout.rows * self.slot

    @staticmethod
    def lines(spec: Graph, most: int) -> int:
        """The lines of ``most`` that a graph fills."""
        rows = _layout(spec).rows
        return min(most, rows * _slot(rows, most))

    def value_width(self, i: int) -> int:
        """Columns kept for the value of node ``i``."""
        node = self.spec.nodes[i]
        return NUMBER if node.scalar else max(1, min(THUMB, node.columns))

    def _node_width(self, i: int) -> int:
        label, value = width_of(self.labels[i]), self.value_width(i)
        if self.slot == 1:
            return label + 1 + value + 1
        if self.chain:  # a value may reach under the arrow behind the label
            return max(label, value - GAP + 2)
        return max(label, value + 2 + value)

    def gap(self, layer: int) -> int:
        """Columns between ``layer`` and the next."""
        tracks = self.layout.tracks[layer]
        return GAP + (2 * tracks - 1 if tracks else 0)

    def area(self, i: int) -> Area:
        """The place of node ``i``."""
        layer, row = self.layout.places[i]
        width = max(width_of(self.labels[i]), self.value_width(i))
        if self.slot == 1:
            width = self.layer_width[layer]
        elif not self.chain:
            width = max(width, self.value_width(i) * 2 + 2)
        return Area(self.x[layer], row * self.slot, width, self.slot)

    def _areas(self) -> list[Area]:
        return [self.area(i) for i in range(len(self.spec.nodes))]

    def text_end(self, i: int) -> int:
        """The column behind what node ``i`` has on its first line: there its wire may start."""
        node = self.spec.nodes[i]
        end = self.area(i).x + width_of(self.labels[i])
        if self.slot == 1:
            if self.spec.phase != "forward" and node.gradient is not None:
                end += 2 + self._extent(i, node.gradient)
            elif node.value is not None:
                end += 1 + self._extent(i, node.value)
        return end

    def thumb_end(self, i: int) -> int:
        """The column behind what node ``i`` has on the last line of its slot."""
        node = self.spec.nodes[i]
        array = node.gradient if self.slot > 2 else node.value
        return self.area(i).x + (1 if array is None else self._extent(i, array))

    def _extent(self, i: int, array: np.ndarray) -> int:
        """Columns that the value of node ``i``, or its gradient, is drawn in."""
        node, most = self.spec.nodes[i], self.value_width(i)
        if node.scalar or array.size == 1:
            return most
        return min(most, array.shape[-1] if array.ndim else 1)

    def window(self, width: int, height: int) -> tuple[int, int]:
        """Left column and top line of the part to show, in which the running node stands.

        It is moved only when the running node comes near its edge, so that from step to step the
        picture mostly stands still. Where it is now follows from the nodes that ran before, and
        so does not depend on which way one came.
        """
        areas = [self.area(i) for i in self._ran()]
        columns, rows = [(a.x, a.width) for a in areas], [(a.y, a.height) for a in areas]
        slots = range(0, self.height, self.slot)
        place = width // 3 if self._forward else width - width // 3
        return (
            _following(columns, self.x, self.width, width, place),
            _following(rows, slots, self.height, height, height // 3),
        )

    def _ran(self) -> list[int]:
        """The nodes that ran in this phase, the running one last; without what only is given."""
        running = [i for i, n in enumerate(self.spec.nodes) if n.id == self.spec.running]
        if not running:
            return []
        made = {target for _, target, _ in self.spec.numbered()} | set(running)
        order = range(len(self.spec.nodes))
        ran = takewhile(lambda i: i != running[0], order if self._forward else reversed(order))
        return [i for i in ran if i in made] + running[:1]

    @property
    def _forward(self) -> bool:
        return self.spec.phase == "forward"


def _following(
    path: Sequence[tuple[int, int]], starts: Sequence[int], whole: int, room: int, place: int
) -> int:
    """Where a window on ``whole`` begins that followed ``path``: starts, each with its extent.

    Where the window has to be moved, what is followed comes to stand at ``place`` in it.
    """
    if whole <= room:
        return 0
    left = 0
    for at, extent in path:
        near = room // 6
        if left + near <= at and at + extent <= left + room - near:
            continue
        whole_seen = [start for start in starts if at + extent - room <= start <= at] or [at]
        wanted = at - place
        left = max(0, min(min(whole_seen, key=lambda x: abs(x - wanted)), whole - room))
    return left


def _layout(spec: Graph) -> Layout:
    return lay_out(len(spec.nodes), tuple((u, v) for u, v, _ in spec.numbered()))


def _slot(rows: int, height: int) -> int:
    """The lines of each row: with room, values and gradients have lines of their own."""
    return max(1, min(3 if rows == 1 else 2, height // rows))

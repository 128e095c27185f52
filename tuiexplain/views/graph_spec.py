"""What a graph is, for its picture: plain nodes and edges that any trace can be told in."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

THUMB = 4
"""Most columns of a thumbnail."""


class Node(NamedTuple):
    """An operation or a value.

    ``value`` and ``gradient`` are arrays (any shape), ``None`` for not there yet. ``scalar`` keeps
    room for a number instead of a thumbnail; ``columns`` is the room for a thumbnail that is
    narrower than usual (a vector of two, say).
    """

    id: Hashable
    label: str
    value: np.ndarray | None = None
    gradient: np.ndarray | None = None
    scalar: bool = False
    columns: int = THUMB


class Edge(NamedTuple):
    """``source`` goes into ``target``; ``back`` once blame has come back along it."""

    source: Hashable
    target: Hashable
    back: bool = False
    running: bool = False


class Graph(NamedTuple):
    """Nodes, edges and what runs: ``running`` is a node's id, ``phase`` says in which direction."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]
    running: Hashable | None = None
    phase: str = "forward"
    selected: Hashable | None = None

    def numbered(self) -> list[tuple[int, int, Edge]]:
        """The edges between nodes that exist, with the places of their ends in ``nodes``."""
        places = {node.id: i for i, node in enumerate(self.nodes)}
        return [
            (places[e.source], places[e.target], e)
            for e in self.edges
            if e.source in places and e.target in places
        ]

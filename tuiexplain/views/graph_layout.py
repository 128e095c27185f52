"""Where the nodes and wires of a graph lie: layers from left to right, rows from top to bottom.

After Sugiyama: layers by longest path, one dummy node for each layer that a wire passes, rows by
sweeps that pull every node to its neighbours, and in each gap between layers one track (a column of
vertical line) for wires that go to the same place. A layout depends on the shape of the graph only,
so that nothing moves while values arrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tuiexplain.trace.kept import kept_for_now

Edges = tuple[tuple[int, int], ...]


class Wire(NamedTuple):
    """What leaves one row of a layer in the gap behind it.

    ``net`` is the node that it comes from; ``ends`` are the rows in the next layer, each with the
    node there, or ``None`` where the wire only passes; ``track`` is its vertical column, if any.
    """

    net: int
    row: int
    ends: tuple[tuple[int, int | None], ...]
    track: int | None


class Layout(NamedTuple):
    """``places``: (layer, row) of each node; ``gaps[g]``: the wires between layers g and g + 1."""

    places: tuple[tuple[int, int], ...]
    layers: int
    rows: int
    gaps: tuple[tuple[Wire, ...], ...]
    tracks: tuple[int, ...]


@kept_for_now(128)
def lay_out(count: int, edges: Edges) -> Layout:
    """Lay out nodes ``0 .. count - 1``. Edges that would close a cycle are left out."""
    edges = _forward_edges(count, edges)
    layer = _layers(count, edges)
    total = max(layer, default=0) + 1
    reach = list(layer)
    for u, v in edges:
        reach[u] = max(reach[u], layer[v] - 1)
    items: list[list[tuple[int, bool]]] = [[] for _ in range(total)]
    for node in range(count):
        items[layer[node]].append((node, False))
        for passed in range(layer[node] + 1, reach[node] + 1):
            items[passed].append((node, True))
    rows_of = _rows(items, edges, layer)
    rows = 1 + max((r for at in rows_of for r in at.values()), default=0)
    gaps, tracks = [], []
    for g in range(total - 1):
        wires, used = _wires(g, items, rows_of, edges, layer)
        gaps.append(wires)
        tracks.append(used)
    places = tuple((layer[n], rows_of[layer[n]][n, False]) for n in range(count))
    return Layout(places, total, rows, tuple(gaps), tuple(tracks))


def _forward_edges(count: int, edges: Edges) -> Edges:
    """Edges without those that lead back to where a walk came from, and without doubles."""
    targets: list[list[int]] = [[] for _ in range(count)]
    for u, v in dict.fromkeys(edges):
        if u != v:
            targets[u].append(v)
    state = [0] * count
    kept: list[tuple[int, int]] = []
    for root in range(count):
        if state[root]:
            continue
        state[root] = 1
        stack = [(root, iter(targets[root]))]
        while stack:
            node, rest = stack[-1]
            for target in rest:
                if state[target] == 1:
                    continue
                kept.append((node, target))
                if state[target] == 0:
                    state[target] = 1
                    stack.append((target, iter(targets[target])))
                    break
            else:
                state[node] = 2
                stack.pop()
    return tuple(kept)


def _layers(count: int, edges: Edges) -> list[int]:
    """Longest path from a source.

    A source, and a node made of sources alone, stands just before the first node that needs it.
    """
    incoming = [0] * count
    targets: list[list[int]] = [[] for _ in range(count)]
    for u, v in edges:
        incoming[v] += 1
        targets[u].append(v)
    sources = [n for n in range(count) if not incoming[n]]
    layer = [0] * count
    waiting = list(sources)
    left = list(incoming)
    while waiting:
        u = waiting.pop()
        for v in targets[u]:
            layer[v] = max(layer[v], layer[u] + 1)
            left[v] -= 1
            if not left[v]:
                waiting.append(v)
    beyond = [v for n in sources for v in targets[n]]
    made_of_more = {v for u, v in edges if incoming[u]}
    for n in [*(v for v in dict.fromkeys(beyond) if v not in made_of_more), *sources]:
        if targets[n]:
            layer[n] = min(layer[v] for v in targets[n]) - 1
    return layer


Item = tuple[int, bool]


def _rows(
    items: Sequence[Sequence[Item]], edges: Edges, layer: Sequence[int]
) -> list[dict[Item, int]]:
    """A row for every node and dummy of every layer: the best of several sweeps."""
    total = len(items)
    before: list[dict[Item, list[Item]]] = [{i: [] for i in at} for at in items]
    after: list[dict[Item, list[Item]]] = [{i: [] for i in at} for at in items]
    for g in range(total - 1):
        for source, item in _links(g, items, edges, layer):
            after[g][source].append(item)
            before[g + 1][item].append(source)
    height = max(len(at) for at in items)
    rows = [{item: r for r, item in enumerate(at)} for at in items]
    best, best_cost = [dict(at) for at in rows], float("inf")
    for sweep in range(8):
        order = range(total) if sweep % 2 == 0 else range(total - 1, -1, -1)
        for g in order:
            wanted: dict[Item, float] = {}
            for item in items[g]:
                near: list[float] = []
                if g and (sweep % 2 == 0 or sweep > 1):
                    near += [rows[g - 1][i] for i in before[g][item]]
                if g + 1 < total and (sweep % 2 == 1 or sweep > 1):
                    near += [rows[g + 1][i] for i in after[g][item]]
                wanted[item] = sum(near) / len(near) if near else rows[g][item]
            rows[g] = _spread(items[g], wanted, height)
        cost = _cost(rows, after)
        if cost < best_cost:
            best, best_cost = [dict(at) for at in rows], cost
    return best


def _links(
    g: int, items: Sequence[Sequence[Item]], edges: Edges, layer: Sequence[int]
) -> list[tuple[Item, Item]]:
    """What is joined across gap ``g``: nodes, or the dummies of wires that pass."""
    present = set(items[g + 1])
    links = [((n, d), (n, True)) for n, d in items[g] if (n, True) in present]
    links += [((u, layer[u] != g), (v, False)) for u, v in edges if layer[v] == g + 1]
    return links


def _spread(items: Sequence[Item], wanted: dict[Item, float], height: int) -> dict[Item, int]:
    """Different rows within ``height``, in the order of the wishes and near to them."""
    order = sorted(items, key=lambda i: (wanted[i], i))
    n = len(order)
    infinity = float("inf")
    # cost[k][r]: the best cost of the first k items when the k-th lies at row r or above.
    cost = [[0.0] * (height + 1)] + [[infinity] * (height + 1) for _ in range(n)]
    for k, item in enumerate(order, 1):
        for r in range(height):
            here = cost[k - 1][r] + abs(r - wanted[item])
            cost[k][r + 1] = min(cost[k][r], here)
    rows: dict[Item, int] = {}
    r = height
    for k in range(n, 0, -1):
        while cost[k][r - 1] <= cost[k][r]:
            r -= 1
        rows[order[k - 1]] = r - 1
        r -= 1
    return rows


def _cost(rows: Sequence[dict[Item, int]], after: Sequence[dict[Item, list[Item]]]) -> float:
    """Vertical way plus crossings."""
    cost = 0.0
    for g in range(len(rows) - 1):
        ends = [(rows[g][a], rows[g + 1][b]) for a, to in after[g].items() for b in to]
        cost += sum(abs(a - b) for a, b in ends)
        for i, (a, b) in enumerate(ends):
            cost += 2 * sum((a - c) * (b - d) < 0 for c, d in ends[i + 1 :])
    return cost


def _wires(
    g: int,
    items: Sequence[Sequence[Item]],
    rows_of: Sequence[dict[Item, int]],
    edges: Edges,
    layer: Sequence[int],
) -> tuple[tuple[Wire, ...], int]:
    """The wires of gap ``g`` and the number of tracks that they use."""
    ends: dict[int, list[tuple[int, int | None]]] = {}
    start: dict[int, int] = {}
    for source, item in _links(g, items, edges, layer):
        start[source[0]] = rows_of[g][source]
        target = None if item[1] else item[0]
        ends.setdefault(source[0], []).append((rows_of[g + 1][item], target))
    groups: dict[tuple[int, int | None], list[int]] = {}
    for net, to in ends.items():
        if any(row != start[net] for row, _ in to):
            single = to[0][1] if len(to) == 1 else None
            key = (-1, single) if single is not None else (net, None)
            groups.setdefault(key, []).append(net)
    track = _tracks(list(groups.values()), start, ends)
    used = 1 + max(track.values(), default=-1)
    wires = tuple(
        Wire(net, start[net], tuple(sorted(to, key=lambda e: e[0])), track.get(net))
        for net, to in ends.items()
    )
    return wires, used


def _tracks(
    groups: list[list[int]], start: dict[int, int], ends: dict[int, list[tuple[int, int | None]]]
) -> dict[int, int]:
    """A column for each group of wires, so that no two on one column overlap.

    One that leaves a row turns off before another comes to that row, where that is possible.
    """
    spans, leaves, comes = [], [], []
    for nets in groups:
        sources = {start[n] for n in nets}
        targets = {row for n in nets for row, _ in ends[n]}
        spans.append((min(sources | targets), max(sources | targets)))
        leaves.append(sources)
        comes.append(targets)
    left = list(range(len(groups)))
    order: list[int] = []
    while left:
        # First those whose target rows no other waiting group still has to leave.
        free = [i for i in left if not any(j != i and comes[i] & leaves[j] for j in left)]
        chosen = free[0] if free else left[0]
        left.remove(chosen)
        order.append(chosen)
    track: dict[int, int] = {}
    columns: list[list[int]] = []
    for i in order:
        column = 0
        for c, members in enumerate(columns):
            overlap = any(
                spans[i][0] <= spans[j][1] and spans[j][0] <= spans[i][1] for j in members
            )
            if overlap:
                column = c + 1
        if column == len(columns):
            columns.append([])
        columns[column].append(i)
        for net in groups[i]:
            track[net] = column
    return track

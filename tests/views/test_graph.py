"""The network: where nodes lie, and how far the computation has come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.views import scenes
from tuiexplain.views.graph import Edge, Graph, Node, graph, graph_height
from tuiexplain.views.graph_geometry import Geometry
from tuiexplain.views.graph_layout import lay_out
from tuiexplain.views.look import Depth, look

LOOK = look()
PLAIN = look(depth=Depth.NONE)


def lines(strips) -> list[str]:
    return [strip.text.rstrip() for strip in strips]


def test_a_chain_forward() -> None:
    assert lines(scenes.graph_forward(PLAIN))[0] == "x ──▶ fc1 ──▶ σ ━━▶ fc2 ╌╌▷ σ ╌╌▷ MSE"


def test_a_chain_backward_has_its_blame_below() -> None:
    top, _, bottom = lines(scenes.graph_backward(LOOK))
    assert top == "x ──▶ fc1 ──▶ σ ──▶ fc2 ──▶ σ ──▶ MSE"
    assert bottom.endswith("◀━━ ▀▀ ◀─ 1")


def test_a_branching_graph_backward() -> None:
    assert lines(scenes.graph_xyz_backward(LOOK)) == [
        "x ──────────────┐   z ◀─────────────┳━━ f = q × z",
        "-2              │   -4     ∂3       ┃   -12    ∂1",
        "y ──────────────┴─▶ q = x + y ◀━━━━━┛",
        "5                   3      ∂-4",
    ]


@pytest.mark.parametrize("height", [2, 4])
def test_a_wide_gradient_leaves_its_wire_whole(height: int) -> None:
    """A gradient is drawn as wide as its value: for that much, room is kept beside the wires."""
    wide = np.ones((6, 8))
    nodes = [Node(i, name, wide, wide, columns=8) for i, name in enumerate("xab")]
    nodes.append(Node(3, "+", wide, wide, columns=8))
    edges = [Edge(*ends, back=True) for ends in ((0, 1), (0, 2), (1, 3), (2, 3))]
    shown = lines(graph(Graph(nodes, edges, 0, "backward"), 60, height, LOOK).strips)
    patch = "∂▀▀▀▀"
    wanted = {
        2: [f"x {patch} ◀┬── a {patch} ◀┬── + {patch}", f"         └── b {patch} ◀┘"],
        4: [
            "x ◀─────────┬── a ◀─────────┬── +",
            f"▀▀▀▀ {patch}  │   ▀▀▀▀ {patch}  │   ▀▀▀▀ {patch}",
            "            └── b ◀─────────┘",
            f"                ▀▀▀▀ {patch}",
        ],
    }
    assert shown == wanted[height]


def test_nothing_moves_while_values_arrive() -> None:
    def places(phase: str, step: int) -> list:
        spec = scenes.xyz(phase, step)
        picture = graph(spec, 70, 4, LOOK)
        return [picture.hits.where(node.id) for node in spec.nodes]

    seen = [places("forward", i) for i in range(2)] + [places("backward", i) for i in range(5)]
    assert all(place == seen[0] for place in seen)


def test_the_running_node_is_always_in_the_window() -> None:
    for step in range(len(scenes.micrograd(0).nodes)):
        for width, height in ((80, 4), (40, 3), (30, 1), (118, 12)):
            spec = scenes.micrograd(step)
            picture = graph(spec, width, height, LOOK)
            area = picture.hits.where(spec.running)
            assert area is not None
            assert picture.hits.at(area.x, area.y) == spec.running
            label = spec.running.strip()[:2]
            assert label in picture.strips[area.y].text[area.x : area.x + max(4, area.width)]


@pytest.mark.parametrize("size", [(30, 1), (80, 4), (118, 2)])
def test_the_window_stands_still_for_several_steps_and_never_goes_to_and_fro(
    size: tuple[int, int],
) -> None:
    nodes = [Node(i, f"node{i}", np.array(1.0), scalar=True) for i in range(40)]
    edges = [Edge(i, i + 1) for i in range(39)]
    lefts = [Geometry(Graph(nodes, edges, i), size[1], LOOK).window(*size)[0] for i in range(40)]
    assert lefts == sorted(lefts)
    assert len(set(lefts)) <= 2 + 40 * 11 / (size[0] / 2 - 11)


def test_what_is_outside_is_announced() -> None:
    text = graph(scenes.micrograd(8), 80, 4, LOOK).text
    assert "‹" in text
    assert "›" in text
    assert "▾" in text


def test_a_number_is_shown_whole_or_not_at_all() -> None:
    nodes = [Node(i, "n", np.array(12345.0 + i), scalar=True) for i in range(8)]
    spec = Graph(nodes, [Edge(i, i + 1) for i in range(7)], 3)
    for width in range(12, 70):
        for word in graph(spec, width, 2, LOOK).strips[1].text.split():
            assert word in {f"{12345 + i}" for i in range(8)} | {"…", "‹", "›"}, (width, word)


def test_ascii_graphs_are_ascii() -> None:
    shown = look(depth=Depth.NONE, ascii_only=True)
    assert graph(scenes.xyz("backward", 2), 70, 4, shown).text.isascii()


@pytest.mark.parametrize(
    ("most", "chain", "branching"), [(12, 3, 4), (4, 3, 4), (3, 3, 2), (1, 1, 1)]
)
def test_no_line_is_asked_for_that_would_stay_empty(most: int, chain: int, branching: int) -> None:
    """One row with three lines at most, or two with two."""
    assert graph_height(scenes.network("forward", 2), most) == chain
    assert graph_height(scenes.xyz("forward", 0), most) == branching


@given(st.integers(1, 12), st.data())
def test_layouts_keep_order_and_distance(count: int, data: st.DataObject) -> None:
    node = st.integers(0, count - 1)
    edges = tuple(data.draw(st.lists(st.tuples(node, node), max_size=20)))
    layout = lay_out(count, edges)
    assert len(set(layout.places)) == count, "two nodes in one place"
    assert all(0 <= row < layout.rows for _, row in layout.places)
    acyclic = [(u, v) for u, v in edges if u < v]
    straight = lay_out(count, tuple(acyclic))
    for u, v in acyclic:
        assert straight.places[u][0] < straight.places[v][0]
    reached = {(wire.net, t) for gap in straight.gaps for wire in gap for _, t in wire.ends}
    assert {(u, v) for u, v in acyclic} <= reached


def test_what_is_made_of_given_things_alone_stands_beside_what_it_goes_with() -> None:
    """``x·a``, then ``· + i·g``: the second product stands under the first, not at the left."""
    x, a, i, g, first, kept, written, c = range(8)
    edges = ((x, first), (first, kept), (a, kept), (i, written), (g, written))
    layers = [at for at, _ in lay_out(8, (*edges, (kept, c), (written, c))).places]
    assert layers[written] == layers[kept] == layers[c] - 1
    assert layers[i] == layers[g] == layers[written] - 1

"""The player: a cursor that goes both ways."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiexplain.trace.event import Event, Phase
from tuiexplain.trace.player import Player, Zoom
from tuiexplain.trace.trace import Content, Trace
from tuiexplain.trace.value import Kind, Value

STEPS = [
    (Phase.FORWARD, "fc1"),
    (Phase.FORWARD, "fc1"),
    (Phase.FORWARD, "fc2"),
    (Phase.BACKWARD, "fc2"),
    (Phase.BACKWARD, "fc1"),
    (Phase.BACKWARD, "fc1"),
    (Phase.UPDATE, ""),
]


@pytest.fixture(scope="module")
def trace() -> Trace:
    given = Value(0, "x", Kind.INPUT, (), ())
    made = [Value(i + 1, f"v{i}", Kind.ACTIVATION, (), (), producer=i) for i in range(len(STEPS))]
    events = [
        Event(i, phase, "add", module, (0,), i + 1) for i, (phase, module) in enumerate(STEPS)
    ]
    arrays = tuple(np.array(float(i)) for i in range(len(STEPS) + 1))
    return Trace("none", Content((given, *made), tuple(events), arrays))


def stops(player: Player, zoom: Zoom) -> list[int]:
    found = [player.position]
    while player.forward(zoom):
        found.append(player.position)
    return found


def test_moves_by_zoom(trace: Trace) -> None:
    assert stops(Player(trace), Zoom.EVENT) == list(range(8))
    assert stops(Player(trace), Zoom.LAYER) == [0, 2, 3, 4, 6, 7]
    assert stops(Player(trace), Zoom.PHASE) == [0, 3, 6, 7]


@pytest.mark.parametrize("zoom", [Zoom.EVENT, Zoom.LAYER, Zoom.PHASE])
def test_back_visits_the_same_stops(trace: Trace, zoom: Zoom) -> None:
    player = Player(trace)
    there = stops(player, zoom)
    back = [player.position]
    while player.back(zoom):
        back.append(player.position)
    assert back == there[::-1]


@given(moves=st.lists(st.sampled_from(["forward", "back"]), max_size=40), start=st.integers(-3, 12))
def test_the_cursor_never_leaves_the_trace(trace: Trace, moves: list[str], start: int) -> None:
    player = Player(trace, start)
    for move in moves:
        before = player.position
        moved = getattr(player, move)()
        assert moved == (player.position != before)
        assert 0 <= player.position <= len(player)
        assert (player.event is None) == (player.position == 0)


def test_a_value_exists_once_its_event_has_run(trace: Trace) -> None:
    player = Player(trace, 3)
    there = [v.name for v in trace.values if player.exists(v)]
    assert there == ["x", "v0", "v1", "v2"]


def test_zoom_levels_end_at_both_ends() -> None:
    assert Zoom.EVENT.closer() is Zoom.EVENT
    assert Zoom.EVENT.wider() is Zoom.LAYER
    assert Zoom.EPOCH.wider() is Zoom.EPOCH

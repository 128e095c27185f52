"""The timeline: where we are, and which event a dot is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.views.scenes import PHASES
from tuiexplain.views.look import look
from tuiexplain.views.timeline import Stretch, timeline

LOOK = look()


def test_as_in_the_mock_up() -> None:
    assert timeline(PHASES, 18, 80, LOOK, tail="loss 0.298").text == (
        " forward ●●●●●●●●●●●●● │ backward ●●●●●◉○○○○ │ update ○○○            loss 0.298 "
    )


def test_before_the_first_event_nothing_is_done() -> None:
    assert "●" not in timeline(PHASES, -1, 80, LOOK).text
    assert "◉" not in timeline(PHASES, -1, 80, LOOK).text
    assert "○" not in timeline(PHASES, 26, 80, LOOK).text


def test_labels_give_way_before_dots_do() -> None:
    assert "…" in timeline(PHASES, 3, 42, LOOK).text
    assert timeline(PHASES, 3, 32, LOOK).text.rstrip() == "●●●◉○○○○○○○○○│○○○○○○○○○○│○○○"


@given(st.lists(st.integers(1, 300), min_size=1, max_size=3), st.integers(8, 120), st.data())
def test_every_event_is_found_where_it_is_drawn(counts: list[int], width: int, data) -> None:
    names = ["forward", "backward", "update"]
    phases = [Stretch(n, n, c) for n, c in zip(names, counts, strict=False)]
    position = data.draw(st.integers(0, sum(counts) - 1))
    picture = timeline(phases, position, width, LOOK)
    area = picture.hits.where(position)
    assert picture.text[area.x] == "◉"
    first = picture.hits.at(area.x, 0)
    assert first <= position
    assert picture.hits.where(first) == area
    assert picture.text.count("◉") == 1

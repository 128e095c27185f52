"""Tokens with their merges, and letters on a plane, drawn from lessons as they are."""

from __future__ import annotations

import pytest

from tuiexplain.course.loading import open_lesson
from tuiexplain.course.session import Session
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.figures import figures
from tuiexplain.views.look import Depth, look

LOOK = look("dark", Depth.NONE)
HEAVY, CORNER = LOOK.glyphs.heavy, LOOK.glyphs.corners[0]


def opened(lesson: str, part: str) -> Desk:
    session = Session(open_lesson(lesson))
    session.open_part([p.id for p in session.lesson.parts].index(part))
    desk = Desk(session)
    desk.settle()
    return desk


def drawn(desk: Desk, width: int = 60, height: int = 14) -> str:
    strips = figures(desk, width, height, LOOK, "en").strips
    assert all(strip.cell_length == width for strip in strips)
    return "\n".join(strip.text for strip in strips)


def go_to(desk: Desk, name: str) -> None:
    """To where the value has just been made."""
    trace = desk.trace
    producer = trace.value(name).producer
    assert producer is not None
    desk.session.bench.player.go_to(producer + 1)
    desk.settle()


def test_the_pair_is_lit_and_then_merged() -> None:
    desk = opened("17", "merges")
    assert HEAVY not in drawn(desk)
    go_to(desk, "pair")
    assert HEAVY in drawn(desk)
    assert CORNER not in drawn(desk)
    go_to(desk, "ids'")
    assert HEAVY not in drawn(desk)
    assert drawn(desk).count(CORNER) == 2
    assert "256" in drawn(desk)


def test_the_pair_under_the_cursor_is_lit() -> None:
    desk = opened("17", "merges")
    go_to(desk, "counts")
    desk.select(desk.trace.value("counts").id, (3,))  # d a, which stands there once
    line = next(line for line in drawn(desk).splitlines() if HEAVY in line)
    assert line.split() == ["───"] * 4 + ["━━━"] * 2 + ["───"] * 5


def test_an_edit_may_change_what_is_merged() -> None:
    desk = opened("17", "merges")
    desk.session.bench.edit(desk.trace.value("ids"), (1,), 999.0)
    go_to(desk, "ids'")
    assert "?999" in drawn(desk)
    assert "ab" in drawn(desk), "a a is no more frequent than a b now, and a b comes first"


@pytest.mark.parametrize("part", ["unicode", "words", "encode"])
@pytest.mark.parametrize("size", [(20, 6), (38, 17), (90, 40)])
def test_every_part_has_its_tokens(part: str, size: tuple[int, int]) -> None:
    desk = opened("17", part)
    for position in range(len(desk.session.bench.player) + 1):
        desk.session.bench.player.go_to(position)
        desk.settle()
        drawn(desk, *size)


def test_letters_stand_on_the_plane_and_leave_where_they_began() -> None:
    desk = opened("18", "mlp")
    before = drawn(desk, 60, 30)
    desk.session.bench.train_for(60.0, 50)
    desk.session.bench.watch()
    go_to(desk, "E'")
    after = drawn(desk, 60, 30)
    assert before != after
    dot = LOOK.glyphs.unknown
    assert after.count(dot) > before.count(dot)

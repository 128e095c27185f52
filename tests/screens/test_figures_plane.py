"""The plane, hidden space and the tally, drawn from lessons as they are."""

from __future__ import annotations

import pytest

from tuiexplain.course.loading import open_lesson
from tuiexplain.course.session import Session
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.figures import figures
from tuiexplain.views.look import Depth, look

LOOK = look("dark", Depth.NONE)
SIGNS = LOOK.glyphs.classes


def drawn(lesson: str, part: str, width: int = 60, height: int = 30, steps: int = 0) -> str:
    session = Session(open_lesson(lesson))
    session.open_part([p.id for p in session.lesson.parts].index(part))
    if steps:
        session.bench.train_for(60.0, steps)
        session.bench.watch()
        session.bench.player.go_to(len(session.bench.player))
    desk = Desk(session)
    desk.settle()
    strips = figures(desk, width, height, LOOK, "en").strips
    assert all(strip.cell_length == width for strip in strips)
    assert len(strips) <= height
    return "\n".join(strip.text for strip in strips)


@pytest.mark.parametrize("part", ["linear", "net", "sure"])
def test_points_have_the_signs_of_their_classes(part: str) -> None:
    text = drawn("8", part).split("\n", 1)[1]
    counts = [text.count(sign) for sign in SIGNS[:3]]
    assert min(counts) > 20
    assert SIGNS[3] not in text


def test_the_plane_is_divided_as_training_divides_it() -> None:
    fills = LOOK.glyphs.regions
    before = drawn("7", "trained")
    after = drawn("7", "trained", steps=400)
    counts = [[text.count(fill) for fill in fills[:2]] for text in (before, after)]
    assert sum(counts[0]) < sum(counts[1])
    assert min(counts[1]) > 100


@pytest.mark.parametrize("size", [(37, 17), (47, 12), (60, 30), (20, 8)])
def test_two_pictures_share_the_room(size: tuple[int, int]) -> None:
    text = drawn("7", "by-hand", *size)
    assert "hidden space" in text
    assert ("answer:" in text) == (size != (20, 8))


def test_the_tally_counts_those_that_solved_it() -> None:
    assert " 0%" in drawn("7", "many")
    share = drawn("7", "many", steps=300).split("%")[0].split()[-1]
    assert 50 < int(share) < 90

"""Drawing on the sheet of paper of lesson 14: by keys and by mouse, and what is made of it."""

from __future__ import annotations

import numpy as np
import pytest
from textual import events

from tests.screens.learner import LARGE, MEDIUM, SMALL, Learner, learning
from tuiexplain.screens.lesson.desk import Side
from tuiexplain.widgets.pane import Pane


def image(learner: Learner) -> np.ndarray:
    trace = learner.bench.trace
    return trace.data(trace.value("x"))[0, 0]


def odds(learner: Learner) -> np.ndarray:
    trace = learner.bench.trace
    return trace.data(trace.value("p"))[0]


async def test_ink_goes_black_grey_white_and_is_taken_back() -> None:
    async with learning("convolution") as learner:
        await learner.go_to("own")
        before = image(learner)[1, 0]
        await learner.press("i")
        assert learner.desk.side is Side.PICTURE
        assert image(learner)[1, 0] == before  # the first press takes up the paper
        await learner.press("down")
        assert before == 0
        for ink in (1.0, 0.5, 0.0, 1.0):
            await learner.press("i")
            assert image(learner)[1, 0] == ink
        await learner.press("u", times=4)
        assert not learner.bench.edits


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_stroke_changes_what_is_read_at_once(language: str) -> None:
    async with learning("convolution", language=language) as learner:
        await learner.go_to("own")
        await learner.press("i")
        shown, before = learner.pane("picture"), odds(learner)
        await learner.press("down", "down", "right", "i", "down", "i", "down", "i")
        assert not np.allclose(odds(learner), before)
        assert learner.pane("picture") != shown
        assert image(learner)[2:5, 1].tolist() == [1, 1, 1]


async def test_the_mouse_draws_as_long_as_it_is_held() -> None:
    async with learning("convolution", size=MEDIUM) as learner:
        await learner.go_to("own")
        page = learner.bench.trace.value("x").id
        await learner.click("picture", (page, (0, 0, 7, 7)))
        assert image(learner)[7, 7] == 1
        pane = learner.app.screen.query_one("#picture", Pane)
        for column in (6, 5):
            area = pane.hits.where((page, (0, 0, 7, column)))
            assert area is not None
            moved = events.MouseMove(
                pane, area.x, area.y, 0, 0, 1, False, False, False,
                screen_x=pane.region.x + area.x, screen_y=pane.region.y + area.y,
            )  # fmt: skip
            pane.post_message(moved)
            await learner.settle()
        assert image(learner)[7, 5:].tolist() == [1, 1, 1]


async def test_a_blank_sheet_is_told() -> None:
    async with learning("convolution") as learner:
        await learner.go_to("own")
        await learner.press("d")
        await learner.press("right", times=8)
        await learner.press("escape")
        assert not image(learner).any()
        await learner.press("i", "i", "i")
        assert "blank" not in learner.message
        await learner.press("i")
        assert not image(learner).any()
        assert "blank" in learner.message
        assert "blank" in learner.pane("picture")
        assert odds(learner).sum() == pytest.approx(1)


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
async def test_the_paper_and_ten_odds_are_seen(size: tuple[int, int]) -> None:
    async with learning("convolution", size=size) as learner:
        await learner.go_to("own")
        await learner.press("i")
        lines = learner.pane("picture").splitlines()
        named = [digit for digit in "0123456789" if any(f" {digit} " in line for line in lines)]
        assert len(named) == 10


async def test_there_is_no_paper_elsewhere() -> None:
    async with learning("convolution") as learner:
        await learner.press("i")
        assert "no paper" in learner.message
        assert not learner.bench.edits

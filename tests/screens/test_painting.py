"""Drawing on the sheet of paper of lesson 14: by keys and by mouse, and what is made of it."""

from __future__ import annotations

from pathlib import Path

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


def seven(file: Path) -> np.ndarray:
    """A seven in an image file, dark on light; and its ink."""
    ink = np.zeros((8, 8))
    ink[1, 1:7] = ink[[2, 3, 4, 5, 6], [6, 5, 4, 4, 3]] = 1
    file.write_bytes(b"P5 8 8 255\n" + np.uint8(255 * (1 - ink)).tobytes())
    return ink


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_an_image_file_is_laid_on_the_paper(tmp_path: Path, language: str) -> None:
    ink = seven(tmp_path / "seven.pgm")
    async with learning("convolution", language=language) as learner:
        await learner.go_to("own")
        before, said = image(learner).copy(), odds(learner).copy()
        await learner.press("I")
        assert "8x8" in learner.question
        await learner.type(str(tmp_path / "seven.pgm"))
        np.testing.assert_array_equal(image(learner), ink)
        assert learner.desk.side is Side.PICTURE
        assert "seven.pgm" in learner.message
        assert odds(learner).argmax() == 7
        await learner.press("i")
        await learner.press("u", "u")
        np.testing.assert_array_equal(image(learner), before)
        np.testing.assert_array_equal(odds(learner), said)
        assert not learner.bench.edits


async def test_a_file_of_the_wrong_size_is_refused_in_place(tmp_path: Path) -> None:
    (tmp_path / "large.pgm").write_bytes(b"P5 28 28 255\n" + bytes(784))
    async with learning("convolution") as learner:
        await learner.go_to("own")
        await learner.press("I")
        await learner.type(str(tmp_path / "large.pgm"))
        assert learner.question.startswith("large.pgm is 28x28 pixels, not 8x8")
        assert not learner.bench.edits
        await learner.press("escape", "I")
        await learner.type(str(tmp_path / "no.pgm"))
        assert "no such file" in learner.question


async def test_there_is_nothing_to_lay_an_image_on_elsewhere() -> None:
    async with learning("convolution") as learner:
        await learner.press("I")
        assert "no paper" in learner.message

"""A text of the learner's own in a lesson: typed, pasted, cut, refused, kept; and the mask pressed."""

from __future__ import annotations

import re

import numpy as np
import pytest
from textual import events

from tests.screens.learner import LARGE, Learner, learning
from tuiexplain.course.errors import CourseError
from tuiexplain.course.show import ShowOptions, run_show


async def type_text(learner: Learner, text: str) -> None:
    """Open the dials and paste a text into the one that takes it."""
    await learner.press("d", "e", *["backspace"] * 40)
    field = learner.screen.query_one("Prompt Answer")
    field.post_message(events.Paste(text))
    await learner.settle()
    await learner.press("enter")


def labels(learner: Learner) -> tuple[str, ...]:
    found = learner.bench.trace.value("x").labels[0]
    assert found is not None
    return found


async def test_a_sentence_becomes_rows() -> None:
    async with learning("attention", language="zh") as learner:
        await type_text(learner, "猫坐在垫子上")
        assert labels(learner) == tuple("猫坐在垫子上")
        assert "猫" in learner.pane("board")
        assert learner.bench.trace.value("A").shape == (6, 6)
        await learner.press("0")
        assert labels(learner)[0] == "Your"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("one two three four five six seven eight nine", 8),
        ("word " * 200_000, 8),
        ("x" * 1_000_000, 1),
    ],
)
async def test_what_is_too_long_is_cut_and_that_is_told(text: str, rows: int) -> None:
    async with learning("attention") as learner:
        await type_text(learner, text)
        assert learner.bench.trace.value("x").shape == (rows, 3)
        assert learner.message == "There is room for 8 words of 24 letters: the rest is left out."


async def test_nothing_to_read_is_refused() -> None:
    async with learning("attention") as learner:
        for text in ("", " \t ", "\x1b\x07\u202e"):
            await type_text(learner, text)
            assert "nothing to read" in learner.question
            await learner.press("escape", "escape")
        assert labels(learner)[0] == "Your"


@pytest.mark.parametrize(
    "text", ["\x1b[31mred\x1b[0m \x9b2J", "שלום עולם", "e\u0301\u0301 🙂👩‍👩‍👧"]
)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_no_control_character_reaches_the_screen(text: str, language: str) -> None:
    async with learning("attention", language=language) as learner:
        await type_text(learner, text)
        await learner.press("escape", "v", *"nnnnnnn")
        assert labels(learner)[0] != "Your"
        for line in learner.lines:
            assert line.isprintable(), ascii(line)


async def test_the_text_is_there_again() -> None:
    async with learning("attention") as learner:
        await type_text(learner, "my own words")
        learner.app.save_progress()
    async with learning("attention") as learner:
        assert labels(learner) == ("my", "own", "words")


async def test_any_dial_is_typed_and_says_how_far_it_goes() -> None:
    async with learning("attention") as learner:
        await learner.press("d", "down", "down", "down", "e", *["backspace"] * 3)
        await learner.type("7")
        assert "from 0 to 5" in learner.question
        await learner.press("backspace", "1", ".", "5", "enter")
        assert learner.bench.settings["lr"] == 1.5


async def test_the_picture_is_pressed_to_forbid_a_look() -> None:
    async with learning("attention", size=LARGE) as learner:
        await learner.go_to("look", 0, 8)
        weights = learner.bench.trace.value("A")
        await learner.click("picture", (weights.id, (1, 4)))
        assert learner.desk.cell == (1, 4)
        await learner.click("picture", (weights.id, (1, 4)))
        assert learner.message.startswith("mask[1,4] set to 0")
        A = learner.bench.trace.data(weights)
        assert A[1, 4] == 0
        np.testing.assert_allclose(A.sum(-1), 1)
        await learner.click("picture", (weights.id, (1, 4)))
        assert learner.bench.trace.data(weights)[1, 4] > 0
        await learner.press("u", "u")
        assert learner.bench.edits == []


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_tells_what_it_left_out(as_json: bool) -> None:
    settings = {"text": "one two three four five six seven eight nine"}
    told = run_show(ShowOptions("attention", settings=settings, as_json=as_json))
    assert "There is room for 8 words" in told
    assert "nine" not in told
    with pytest.raises(CourseError, match="nothing to read"):
        run_show(ShowOptions("attention", settings={"text": "\x1b"}))


async def test_a_part_without_pictures_shows_its_words() -> None:
    async with learning("attention") as learner:
        await learner.press("v")
        assert "who looks at whom" in learner.text
        await learner.go_to("without")
        assert "Do weights explain?" in learner.words


async def test_heads_stand_side_by_side_and_each_is_pressed() -> None:
    async with learning("multi-head", size=LARGE) as learner:
        await learner.go_to("heads", 0, 13)
        weights = learner.bench.trace.value("A")
        for cell in ((0, 2, 3), (1, 4, 5)):
            await learner.click("picture", (weights.id, cell))
            assert learner.desk.cell == cell
        assert "1/2" in learner.pane("picture")
        assert "2/2" in learner.pane("picture")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_refusal_repeats_little_of_what_was_pasted(language: str) -> None:
    async with learning("gradient-descent", language=language) as learner:
        await type_text(learner, "x" * 100_000)
        assert learner.question.count("x") < 20
        assert "1e-3" in learner.question


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_dial_is_found_under_the_name_in_the_prose(language: str) -> None:
    async with learning("attention", language=language) as learner:
        await learner.go_to("late")
        prose = learner.screen.session.lesson.block("m-total", language).text
        name = re.findall("“(.+?)”", prose)[0]
        await learner.press("d")
        assert name in learner.pane("words")
        assert "place" in learner.pane("words")  # as a command line knows it


async def test_a_choice_is_read_and_typed_in_the_language() -> None:
    async with learning("attention", language="zh") as learner:
        await learner.press("d", "down")
        assert "全都可看" in learner.pane("words")
        await learner.press("e", *["backspace"] * 8)
        await learner.type("所有")
        assert "只能是其中之一：全都可看 · 因果" in learner.question
        await learner.press(*["backspace"] * 4)
        await learner.type("因果")
        assert learner.bench.settings["mask"] == "causal"
        await learner.press("e", *["backspace"] * 4)
        await learner.type("all")
        assert learner.bench.settings["mask"] == "all"


@pytest.mark.parametrize(("language", "said"), [("en", "mask = causal"), ("zh", "掩码 = 因果")])
def test_the_command_says_a_choice_in_the_language(language: str, said: str) -> None:
    settings = {"mask": "causal"}
    told = run_show(ShowOptions("attention", settings=settings, language=language))
    assert said in told


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_joiners_are_left_out_and_that_is_told(language: str) -> None:
    async with learning("tokenization", language=language) as learner:
        await type_text(learner, "👩‍👧")
        assert learner.bench.trace.value("codes").labels[0] == ("👩", "👧")
        told = {"en": "cannot be seen", "zh": "看不见的字符"}[language]
        assert told in learner.pane("words")

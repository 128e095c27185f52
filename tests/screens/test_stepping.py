"""Walking through a lesson with the keys: the screen is the same both ways."""

from __future__ import annotations

import asyncio

import pytest

from tests.screens.learner import LARGE, MEDIUM, SMALL, Learner, learning
from tuiexplain.course.languages import tr
from tuiexplain.course.session import Answer
from tuiexplain.course.walk import Place
from tuiexplain.trace.player import Zoom


async def held(learner: Learner, key: str) -> list[tuple[tuple[object, ...], str]]:
    """Hold a key until it leads no further; every place on the way, with its screen."""
    seen = [(learner.where, learner.text)]
    while True:
        before = learner.where
        await learner.press(key)
        if learner.where == before:
            return seen
        seen.append((learner.where, learner.text))


def see_every_training_step(learner: Learner) -> None:
    """The loss curve shows what was seen so far; so that it may be compared, see it all before.

    Questions are skipped before: an open one would not let the learner on.
    """
    for part in learner.session.lesson.parts:
        for question in part.spec.predictions:
            learner.session.answers[question.id] = Answer(None, False)
    for at, part in enumerate(learner.session.lesson.parts):
        for training_step in (part.spec.train_steps - 1, 0):
            learner.session.bench_of(at).open(training_step)
    learner.screen.show()


def differences(there: str, back: str) -> str:
    """The lines in which two screens differ."""
    pairs = zip(there.splitlines(), back.splitlines(), strict=True)
    return "\n".join(f"- {a}\n+ {b}" for a, b in pairs if a != b)


@pytest.mark.parametrize(
    ("lesson", "size", "language"),
    [
        ("linear-regression", SMALL, "zh"),
        ("backpropagation", SMALL, "en"),
        ("linear-regression", MEDIUM, "en"),
    ],
)
async def test_the_screen_is_the_same_both_ways(
    lesson: str, size: tuple[int, int], language: str
) -> None:
    async with learning(lesson, size=size, language=language) as learner:
        see_every_training_step(learner)
        there = await held(learner, "n")
        assert learner.message, "the end of the lesson is said"
        assert learner.session.at == len(learner.session.lesson.parts) - 1
        await learner.press("p", "n")  # clears the message
        back = await held(learner, "p")
        assert learner.message, "the beginning of the lesson is said"
        assert [where for where, _ in back] == [where for where, _ in there][::-1]
        for (where, on_the_way), (_, on_return) in zip(there, back[::-1], strict=True):
            assert on_the_way == on_return, f"{where}:\n{differences(on_the_way, on_return)}"
        finished = learner.app.progress.finished(lesson)
        assert finished == {part.id for part in learner.session.lesson.parts}


@pytest.mark.parametrize("size", [MEDIUM, LARGE])
async def test_the_screen_is_the_same_both_ways_by_phases(size: tuple[int, int]) -> None:
    async with learning("backpropagation", size=size) as learner:
        see_every_training_step(learner)
        await learner.press("Z")
        assert learner.session.zoom is Zoom.PHASE
        there = await held(learner, "]")
        await learner.press("[", "]")
        back = await held(learner, "[")
        assert [s for _, s in back[::-1]] == [s for _, s in there]
        assert len(there) > 10


async def test_all_keys_that_step() -> None:
    async with learning("linear-regression") as learner:
        places = [learner.where]
        for key in ("n", "right", "pagedown"):
            await learner.press(key)
            places.append(learner.where)
        assert [place.position for _, place, _ in places] == [0, 1, 2, 3]  # type: ignore[attr-defined]
        for key in ("p", "left", "pageup"):
            places.pop()
            await learner.press(key)
            assert learner.where == places[-1]
        await learner.press("end")
        assert learner.bench.player.position == len(learner.bench.player)
        await learner.press("home")
        assert learner.bench.place == Place(0, 0)
        await learner.press(".")
        assert learner.bench.part.id == "closed-form"
        await learner.press(",")
        assert learner.bench.part.id == "line"


def told(zoom: Zoom) -> str:
    """How the timeline names a zoom."""
    return tr("screen.zoom", "en", zoom=tr(f"zoom.{zoom}", "en"))


async def test_the_zoom_is_shown_and_holds_for_the_moves() -> None:
    async with learning("linear-regression") as learner:
        for zoom in (Zoom.LAYER, Zoom.EVENT, Zoom.EVENT):
            assert learner.pane("time").endswith(told(zoom))
            await learner.press("z")
        for zoom in (Zoom.LAYER, Zoom.PHASE, Zoom.STEP, Zoom.EPOCH):
            await learner.press("Z")
            assert learner.pane("time").endswith(told(zoom))
        await learner.press("z", "]")
        assert learner.bench.place == Place(1, 0)
        assert "training step 1" in learner.pane("title")


async def test_the_status_line_counts_as_show_does() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 1, 14)
        assert "training step 1 · step 14/33 · backward · fc2" in learner.pane("title") or (
            f"training step 1 · step 14/{len(learner.bench.player)} · backward"
            in learner.pane("title")
        )


async def test_it_plays_by_itself_until_told_to_stop() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("z", "+", "+", "+", "+", "+", "+")
        assert "16 a second" in learner.message
        await learner.press("space")
        await learner.until(lambda: learner.bench.player.position >= 3)
        await learner.press("space")
        stopped = learner.where
        await asyncio.sleep(0.2)
        assert learner.where == stopped
        assert learner.screen.playing is None


async def test_playing_ends_with_the_lesson() -> None:
    async with learning("linear-regression") as learner:
        await learner.go_to("table", 1, 12)
        await learner.press("z", *"+++++", "space")
        await learner.until(lambda: learner.screen.playing is None)
        assert learner.bench.place == Place(1, 13)


async def test_the_outline_is_searched_by_typing() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("g")
        assert "Go to" in learner.text
        await learner.type("w1' =")
        assert learner.bench.part.id == "mazur"
        event = learner.bench.player.event
        assert event is not None
        assert learner.bench.trace.values[event.output].name == "W1'"


async def test_the_outline_leads_by_the_arrows_and_by_the_mouse_and_not_at_all() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("g", "down", "down", "enter")
        assert learner.bench.place == Place(0, 2)
        before = learner.where
        await learner.press("g", *"dx =", "escape")
        assert learner.where == before
        await learner.press("g", *"no such thing", "enter")
        assert learner.where == before
        await learner.press("g")
        assert await learner.pilot.click("Outline OptionList", offset=(4, 3))
        await learner.until(lambda: learner.bench.place == Place(0, 3))


async def test_the_outline_lists_training_steps_that_were_taken() -> None:
    async with learning("linear-regression") as learner:
        learner.bench.run.extend_to(300)
        await learner.press("g", *"training step 200", "enter")
        assert learner.bench.place == Place(200, 0)


@pytest.mark.parametrize(("lesson", "practice"), [("multi-head", True), ("gates", False)])
async def test_the_end_of_a_lesson_names_its_exercise(lesson: str, practice: bool) -> None:
    async with learning(lesson) as learner:
        last = learner.session.lesson.parts[-1].id
        await learner.go_to(last)
        await learner.press("end", "n")
        assert "The end of this lesson" in learner.message
        assert ("w: its exercise" in learner.message) is practice

"""A long run of random keys, clicks and window sizes: nothing ends it, and the status is right."""

from __future__ import annotations

import random

import pytest

from tests.screens.learner import Learner, learning
from tests.screens.snapshots import check_screen
from tuiexplain.commands import COMMANDS
from tuiexplain.screens.course_map import CourseMap
from tuiexplain.screens.lesson.pictures import status
from tuiexplain.screens.lesson.screen import LessonScreen
from tuiexplain.screens.play.screen import PlayScreen
from tuiexplain.screens.too_small import TooSmall
from tuiexplain.widgets.pane import Pane

KEYS = 150
"""Moves of one run."""

LEAVING = {"quit"}
MOVING = ["n", "p", "]", "[", "tab", "enter", "right", "down", "left", "up", "escape"]
TYPED = [*"0123456789.-+e", *"nan", *"inf", "enter", "backspace"]
SIZES = [(80, 24), (120, 40), (200, 60), (108, 34), (107, 60), (160, 44), (50, 12), (80, 23)]


def keys() -> list[str]:
    """Every key that is bound, those that move several times."""
    bound = [key for c in COMMANDS if c.name not in LEAVING for key in c.keys]
    return bound + MOVING * 4


async def one_move(learner: Learner, rng: random.Random, known: list[str]) -> str:
    """A random key, or now and then a click or another window size; what it was."""
    chance = rng.random()
    if chance < 0.04:
        size = rng.choice(SIZES)
        await learner.resize(*size)
        return f"{size[0]}x{size[1]}"
    if chance < 0.08 and isinstance(learner.app.screen, LessonScreen):
        return await one_click(learner, rng)
    asking = learner.app.screen.has_class("-asking")
    key = rng.choice(TYPED if asking and rng.random() < 0.9 else known)
    await learner.press(key)
    return key


async def one_click(learner: Learner, rng: random.Random) -> str:
    """A press of the mouse somewhere in a random pane."""
    panes = [pane for pane in learner.app.screen.query(Pane) if pane.display and pane.region]
    pane = rng.choice(panes)
    spot = rng.randrange(pane.size.width), rng.randrange(pane.size.height)
    if pane.hits.at(*spot) != ("command", "quit"):
        await learner.pilot.click(pane, offset=spot)
        await learner.settle()
    return f"{pane.id}{spot}"


async def come_back(learner: Learner) -> None:
    """Out of what lies over the lesson, and from the map into a lesson."""
    if isinstance(learner.app.screen, TooSmall):
        await learner.resize(80, 24)
    for _ in range(3):
        if isinstance(learner.app.screen, LessonScreen | CourseMap | PlayScreen):
            break
        await learner.press("escape")
    if isinstance(learner.app.screen, PlayScreen):
        await learner.press("m")
    if isinstance(learner.app.screen, CourseMap):
        lessons = [entry.id for entry in learner.app.screen.lessons]
        learner.app.open_lesson(lessons[1])
    await learner.until(lambda: isinstance(learner.app.screen, LessonScreen))


def check_status(learner: Learner) -> None:
    """The title tells where the session is; the timeline and the board show as much."""
    session, bench = learner.session, learner.bench
    told = status(learner.desk, learner.app.language)
    assert learner.pane("title").rstrip().endswith(told)
    assert learner.lines[0].rstrip().endswith(told)
    assert f"{bench.player.position}/{len(bench.player)}" in told
    if bench.learns:
        assert str(bench.training_step) in told
    assert learner.desk.value < len(bench.trace.values)
    assert 0 <= session.at < len(session.lesson.parts)
    size = learner.app.size
    check_screen(learner.text, (size.width, size.height))


@pytest.mark.parametrize(
    ("lesson", "seed"),
    [
        ("linear-regression", 1),
        ("linear-regression", 2),
        ("backpropagation", 3),
        ("backpropagation", 4),
    ],
)
async def test_no_key_ends_it_and_the_status_is_right(lesson: str, seed: int) -> None:
    rng, known, done = random.Random(seed), keys(), []
    try:
        async with learning(lesson) as learner:
            for _ in range(KEYS):
                done.append(await one_move(learner, rng, known))
                if isinstance(learner.app.screen, LessonScreen):
                    check_status(learner)
                elif rng.random() < 0.5:
                    await come_back(learner)
            await come_back(learner)
            check_status(learner)
            assert learner.app.fault is None
    except Exception as error:
        raise AssertionError(f"after {' '.join(done[-60:])}") from error

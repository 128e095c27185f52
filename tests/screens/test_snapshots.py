"""How the telling places of both lessons look, at three sizes and in two languages."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.screens.learner import LARGE, MEDIUM, SMALL, Learner, learning
from tests.screens.snapshots import FOLDER, REWRITE, check_screen, check_snapshot

SIZES = {"80x24": SMALL, "120x40": MEDIUM, "200x60": LARGE}

each_size = pytest.mark.parametrize("size", SIZES)
each_language = pytest.mark.parametrize("language", ["en", "zh"])


def position_of(learner: Learner, output: str) -> int:
    """Where the operation that makes a value has just run."""
    producer = learner.bench.trace.value(output).producer
    assert producer is not None
    return producer + 1


async def line_start(learner: Learner) -> None:
    """The very first screen of lesson 02."""


async def line_why(learner: Learner) -> None:
    """Why the slope's gradient is what it is."""
    await learner.go_to("line", 0, position_of(learner, "w.grad"))
    await learner.press("tab", "enter")


async def table_weights(learner: Learner) -> None:
    """The real table: every weight's gradient at once, a hundred steps into training."""
    await learner.go_to("table")
    learner.bench.run.extend_to(101)
    await learner.go_to("table", 100, position_of(learner, "W.grad"))


async def mazur_question(learner: Learner) -> None:
    """A question in the middle of the backward pass, answered wrong."""
    while learner.session.question is None or learner.session.question.id != "m-old-or-new":
        assert learner.session.next()
    learner.screen.moved()
    await learner.press("2")


async def mazur_edited(learner: Learner) -> None:
    """A weight set by hand, and what followed from it."""
    await learner.go_to("mazur", 0, 1)
    await learner.go_to("mazur", 0, position_of(learner, "h"))
    trace = learner.bench.trace
    learner.bench.edit(trace.value("W1"), (0, 0), 2.0)
    learner.screen.show()
    await learner.settle()


async def micrograd_sum(learner: Learner) -> None:
    """A large graph, where blame from several paths is added up."""
    await learner.go_to("micrograd")
    events = learner.bench.trace.events
    added = next(e for e in reversed(events) if e.op == "accumulate")
    await learner.go_to("micrograd", 0, added.index + 1)


PLACES: dict[str, tuple[str, Callable[[Learner], Awaitable[None]]]] = {
    "line-start": ("linear-regression", line_start),
    "line-why": ("linear-regression", line_why),
    "table-weights": ("linear-regression", table_weights),
    "mazur-question": ("backpropagation", mazur_question),
    "mazur-edited": ("backpropagation", mazur_edited),
    "micrograd-sum": ("backpropagation", micrograd_sum),
}


@each_language
@each_size
@pytest.mark.parametrize("place", PLACES)
async def test_a_telling_place(place: str, size: str, language: str) -> None:
    lesson, go = PLACES[place]
    async with learning(lesson, size=SIZES[size], language=language) as learner:
        await go(learner)
        check_snapshot(f"{place}.{language}.{size}", learner.text, SIZES[size])


@pytest.mark.skipif(REWRITE in os.environ, reason="the files are being written")
def test_every_file_is_of_a_place() -> None:
    wanted = {f"{p}.{lang}.{size}.txt" for p in PLACES for lang in ("en", "zh") for size in SIZES}
    assert {file.name for file in Path(FOLDER).iterdir()} == wanted


@each_language
@each_size
@pytest.mark.parametrize("lesson", ["linear-regression", "backpropagation"])
async def test_every_place_of_a_lesson_is_drawn_whole(
    lesson: str, size: str, language: str
) -> None:
    """Past the keys, for speed: each place is drawn, and its number and formula are there."""
    async with learning(lesson, size=SIZES[size], language=language) as learner:
        await learner.settle()
        while learner.session.next():
            learner.desk.settle()
            learner.screen.show()
            check_screen(learner.text, SIZES[size])
            player = learner.bench.player
            assert f"{player.position}/{len(player)}" in learner.pane("title")
            event = player.event
            if event is not None and learner.session.question is None:
                written = "".join(learner.pane("words").split())
                left = learner.bench.trace.formula(event).partition(" = ")[0]
                assert "".join(left.split()) in written

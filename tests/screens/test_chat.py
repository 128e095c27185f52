"""A talk on the screen: asked, answered token by token, looked into, left."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from tests.screens.learner import MEDIUM, SMALL, Learner, learning
from tuiexplain.course.talk import Chat, model_of
from tuiexplain.lab.errors import LabError
from tuiexplain.screens.chat.screen import ChatScreen

WITHIN = 90.0


@asynccontextmanager
async def talking(
    word: str = "course", size: tuple[int, int] = SMALL, language: str = "en"
) -> AsyncIterator[tuple[Learner, Chat]]:
    """A learner in a talk that was opened from a lesson."""
    async with learning("generation", size=size, language=language) as learner:
        chat = Chat(word)
        learner.app.push_screen(ChatScreen(chat))
        await learner.settle()
        await until(learner, lambda: chat.present)
        yield learner, chat


async def until(learner: Learner, holds: Callable[[], object]) -> None:
    end = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < end, learner.text
        await asyncio.sleep(0.02)
    await learner.settle()


async def test_asked_answered_and_looked_into() -> None:
    async with talking() as (learner, chat):
        assert "It was not fine-tuned" in learner.text
        await learner.type("upper cat")
        await until(learner, lambda: chat.last and chat.last.ended)
        turn = chat.last
        assert turn is not None
        assert "upper_cat⏎" in learner.text
        assert "0.0" in learner.text
        newest = len(turn.said) - 1
        assert chat.place == newest
        await learner.press("left", "left")
        assert chat.place == newest - 2
        shown = turn.said[newest - 2]
        token = shown.token.replace(" ", "_").replace("\n", "/")
        assert f"{token} │" in learner.text
        await learner.press("right", times=5)
        assert chat.place == newest


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=["80x24", "120x40"])
async def test_nothing_is_clipped(language: str, size: tuple[int, int]) -> None:
    async with talking(size=size, language=language) as (learner, chat):
        await learner.type("reverse ewes")
        await until(learner, lambda: chat.last and chat.last.ended)
        lines = learner.text.splitlines()
        assert "2.3" in learner.text  # the last head of the last layer
        assert "⏎" in lines[-1]


async def test_empty_and_too_long() -> None:
    async with talking() as (learner, chat):
        await learner.type("   ")
        assert not chat.turns
        await learner.press("escape", "enter")
        await learner.type("x" * 60)
        await until(learner, lambda: chat.last and chat.last.ended)
        assert "left out" in learner.text


async def test_a_dead_process_is_one_sentence_and_the_way_back_is_open() -> None:
    async with talking() as (learner, chat):
        assert chat.talker is not None
        os.kill(chat.talker.process.pid, signal.SIGKILL)
        await until(learner, lambda: chat.trouble)
        assert "The process that speaks has ended" in learner.text
        await learner.press("enter", "escape")
        assert not isinstance(learner.app.screen, ChatScreen)


@pytest.mark.parametrize(
    ("lesson", "part", "language", "name"),
    [
        ("fine-tuning", "tune", "en", "the course's GPT"),
        ("fine-tuning", "tune", "zh", "课程自带的 GPT"),
        ("preference", "fifty", "zh", "三种称呼的 GPT"),
    ],
)
async def test_a_model_that_comes_with_the_program_has_a_name(
    lesson: str, part: str, language: str, name: str
) -> None:
    async with learning(lesson, part=part, language=language) as learner:
        await learner.press("K")
        assert isinstance(learner.app.screen, ChatScreen)
        assert learner.app.screen.chat.name == name


async def test_from_the_lesson_and_back() -> None:
    async with learning("fine-tuning", part="tune") as learner:
        assert learner.text.splitlines()[-1].split()[:2] == ["K", "talk"]
        await learner.press("K")
        assert isinstance(learner.app.screen, ChatScreen)
        await learner.press("escape", "escape")
        assert not isinstance(learner.app.screen, ChatScreen)
    async with learning("generation") as learner:
        await learner.press("K")
        assert "nothing to talk with" in learner.text


def test_what_cannot_be_talked_with(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="is not there"):
        model_of(str(tmp_path / "none"))
    with pytest.raises(LabError, match="holds no checkpoint"):
        model_of(str(tmp_path))

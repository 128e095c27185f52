"""The teacher's second terminal."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.screens.learner import Learner, learning
from tuiexplain.course.config import Config
from tuiexplain.lab import local_socket
from tuiexplain.screens.beacon import KIND
from tuiexplain.screens.export import screen_text
from tuiexplain.screens.follow import Follow

pytestmark = pytest.mark.usefixtures("runtime")


async def met(learner: Learner) -> Path:
    """The socket of the lesson, once it listens."""
    await learner.until(lambda: local_socket.waiting(KIND))
    return local_socket.waiting(KIND)[0]


async def page(reader: asyncio.StreamReader) -> dict[str, Any]:
    """The next page of notes."""
    found: dict[str, Any] = json.loads(await asyncio.wait_for(reader.readline(), 10))
    return found


async def test_each_move_is_told_in_the_followers_language() -> None:
    async with learning("6") as learner:
        path = await met(learner)
        assert path.name == f"{KIND}-{os.getpid()}"
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"zh\n")
        first = await page(reader)
        assert first["title"].startswith("06 反向传播")
        await learner.press("n")
        assert (await page(reader))["where"] != first["where"]
        writer.write(b"en\n")
        assert (await page(reader))["title"].startswith("06 Backpropagation")
        writer.close()
        await learner.press("n")
    assert local_socket.waiting(KIND) == []


async def test_the_teacher_sees_the_answer_before_the_learner_does() -> None:
    async with learning("6") as learner:
        path = await met(learner)
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"en\n")
        await page(reader)
        while learner.session.question is None:
            await learner.press("n")
            told = await page(reader)
        headings = dict(told["sections"])
        block = learner.session.lesson.block(learner.session.question.id, "en")
        assert headings["The learner"] == "Not answered yet."
        assert block.why.split("{{")[0].split("[[")[0].split("`")[0][:20] in headings["The answer"]
        writer.close()


async def test_the_second_terminal_shows_the_notes_and_that_the_lesson_ended() -> None:
    async with learning("6") as learner:
        path = await met(learner)
        connection = local_socket.connect(path)
        assert connection is not None
        follower = Follow(connection, "en", Config())
        async with follower.run_test(size=(80, 24)) as pilot:
            await learner.until(lambda: follower.notes is not None)
            assert follower.notes is not None
            before = follower.notes.where
            await learner.press("n")
            await learner.until(lambda: follower.notes and follower.notes.where != before)
            await pilot.pause()
            assert follower.notes.where in screen_text(follower)
            await pilot.press("L")
            await learner.until(lambda: follower.notes and "反向传播" in follower.notes.title)
            learner.app._beacon.put_out()
            await learner.until(lambda: follower.ended)
            await pilot.pause()
            assert "课程已关闭" in screen_text(follower).replace(" ", "")

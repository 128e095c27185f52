"""A lesson whose one part is a step of a lab run, on the screen; for tests and benchmarks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.screens.learner import SMALL, Learner, learning
from tuiexplain.course.lab_bench import LabBench
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_folder
from tuiexplain.course.session import Session
from tuiexplain.lab import protocol as say
from tuiexplain.lab.presets import preset
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.worker import Worker

LESSON = """\
id = "a-step"
number = 23
version = 1
status = "draft"
minutes = 3

[[part]]
id = "gpt"
setup = "gpt"

[[part.step]]
id = "start"

[[part.step]]
id = "back"
at = { phase = "backward" }

[[part.step]]
id = "down"
at = { phase = "update" }
"""
WORDS = """\
# {title}
{title}

## gpt | {title}
{title}.

## start | {forward}
{forward}.

## back | {backward}
{backward}.

## down | {update}
{update}.
"""
ENGLISH = {"title": "A step", "forward": "There", "backward": "Back", "update": "Down"}
CHINESE = {"title": "一步", "forward": "前向", "backward": "反向", "update": "更新"}


def small(model: str = "gpt", **changes: object) -> Settings:
    """A network that is stepped in milliseconds; imports no torch."""
    tiny = preset(model, "tiny").changed(device="cpu", threads=1, eval_batches=2)
    return tiny.changed(**changes)


def lesson_in(folder: Path) -> Lesson:
    """The lesson; its network is the worker's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lesson.toml").write_text(LESSON)
    (folder / "en.md").write_text(WORDS.format(**ENGLISH))
    (folder / "zh.md").write_text(WORDS.format(**CHINESE), encoding="utf-8")
    return open_folder(folder, trusted=True)


def paused(worker: Worker) -> None:
    """Wait until the run stands still."""
    found = worker.wait_for(say.Paused, seconds=60)
    assert found is not None, worker.last_words


@asynccontextmanager
async def at_a_step(
    folder: Path, worker: Worker, size: tuple[int, int] = SMALL, language: str = "en"
) -> AsyncIterator[Learner]:
    """The application, in the step that the worker's run stands before."""
    lesson = lesson_in(folder)
    session = Session(lesson)
    part = lesson.parts[0]
    session.benches[part.id] = LabBench.enter(part, worker)
    async with learning(size=size, language=language) as learner:
        learner.app.switch_screen(learner.app._lesson_screen(session))
        await learner.settle()
        yield learner

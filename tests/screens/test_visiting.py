"""A run of ``tuiexplain train`` on the screen of another process: watched, entered, left running."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from tests.lab.test_watching import Training
from tests.lab.test_worker import evaluations
from tests.screens.learner import LARGE, SMALL, Learner, learning
from tuiexplain.course.lab_run import LabRun
from tuiexplain.course.lab_stage import Stage
from tuiexplain.course.lab_visit import visit

WITHIN = 90.0
LONG = 100_000


pytestmark = pytest.mark.usefixtures("runtime")


@pytest.fixture
def training(tmp_path: Path) -> Iterator[Training]:
    with Training(tmp_path / "out", steps=LONG) as begun:
        yield begun


@asynccontextmanager
async def visiting(training: Training, size: tuple[int, int] = SMALL) -> AsyncIterator[Learner]:
    attached = training.attached()
    async with learning(visit=lambda: visit(attached), size=size) as learner:
        run = lab(learner)
        await until(learner, lambda: run.heard.losses and run.heard.evaluations)
        yield learner


def lab(learner: Learner) -> LabRun:
    rest = learner.session.watching
    assert rest is not None
    return rest.lab


async def until(learner: Learner, holds: Callable[[], object]) -> None:
    end = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < end, learner.text
        await asyncio.sleep(0.02)
    await learner.settle()


async def pause(learner: Learner) -> int:
    run = lab(learner)
    await learner.press("t")
    await until(learner, lambda: run.stage is Stage.PAUSED and "Paused before" in learner.text)
    return run.heard.step


async def test_it_is_watched_entered_and_left_running(training: Training) -> None:
    async with visiting(training) as learner:
        run = lab(learner)
        assert "gpt · out" in learner.text
        assert run.heard.evaluations[0].step == 0
        step = await pause(learner)
        await learner.press("enter")
        await until(learner, lambda: learner.session.watching is None)
        assert learner.bench.training_step == step
        await learner.press("n", "n", "n", "p")
        assert learner.bench.player.position == 2
        await learner.press("escape")
        assert learner.session.watching is not None
        await learner.press("q")
    assert training.process.poll() is None
    assert (training.out / "latest.safetensors").exists()
    written = len(evaluations(training.out))
    end = time.monotonic() + WITHIN
    while len(evaluations(training.out)) <= written:  # it was left paused, and goes on
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


async def test_it_paints_what_the_run_has_written_and_what_it_sees(training: Training) -> None:
    async with visiting(training, size=LARGE) as learner:
        run = lab(learner)
        await until(learner, lambda: len(run.heard.evaluations) > 2)
        await until(learner, lambda: run.heard.seen and run.heard.samples)
        await pause(learner)
        told = [e.val_loss for e in run.heard.evaluations]
        assert told == [loss for *_, loss in evaluations(training.out)]
        assert f"held out {told[-1]:.4g}" in learner.text
        for name in ("A held-out line", "What it writes"):
            assert name in learner.text


async def test_the_rate_and_the_prompt_are_turned_there(training: Training) -> None:
    async with visiting(training) as learner:
        run = lab(learner)
        await pause(learner)
        await learner.press("d", "right")
        rate = run.settings.lr
        assert rate == pytest.approx(0.006)
        await learner.press("escape", "e")
        learner.screen.prompt.query_one("Input").value = "HAM_/"
        await learner.press("enter")
        assert run.prompt == "HAM \n"
        await until(learner, lambda: run.heard.samples[-1].prompt == "HAM \n")
        learner.screen.action_edit()
        learner.screen.prompt.query_one("Input").value = "\N{SNOWMAN}"
        await learner.press("enter")
        await until(learner, lambda: "does not occur" in learner.text)
        await learner.press("t")
        # Past its warm-up it is what was turned to.
        await until(learner, lambda: run.heard.latest.lr == pytest.approx(rate, rel=0.05))


async def test_what_is_not_the_visitors_is_refused(training: Training) -> None:
    async with visiting(training) as learner:
        run = lab(learner)
        for key, told in (("r", "another terminal"), ("R", "another terminal"), ("b", "only")):
            await learner.press(key)
            assert told in learner.text, key
        assert lab(learner) is run


async def test_its_end_is_told(training: Training) -> None:
    async with visiting(training) as learner:
        run = lab(learner)
        training.process.terminate()
        training.process.wait()
        await until(learner, lambda: "checkpoints are kept" in learner.text)
        assert run.stage is Stage.BROKEN
        await learner.press("t")
        assert "This run has ended" in learner.text


async def test_from_the_course_map_and_back(training: Training, home: Path) -> None:
    training.attached().close()
    async with learning() as learner:
        await learner.press("a")
        run = lab(learner)
        await until(learner, lambda: run.heard.losses)
        await learner.press("m")
        assert not learner.app.studying
        assert learner.app.progress.last_place() is None
    assert training.process.poll() is None


async def test_without_a_run_one_sentence() -> None:
    async with learning() as learner:
        await learner.press("a")
        assert "No run is training now" in learner.toasts

"""A run of the lab on a lesson's screen: watched, paused, entered, broken, left."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from tests.screens.learner import LARGE, SMALL, Learner, learning
from tuiexplain.course.lab_run import LabRun
from tuiexplain.course.lab_stage import Stage

WITHIN = 90.0


def lab(learner: Learner) -> LabRun:
    rest = learner.session.watching
    assert rest is not None
    return rest.lab


async def until(learner: Learner, holds: Callable[[], object]) -> None:
    """Let the application run until something holds."""
    end = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < end, learner.text
        await asyncio.sleep(0.02)
    await learner.settle()


async def begin(learner: Learner) -> LabRun:
    """Go to the run, let its question pass, and train until some steps are done."""
    await learner.press(".", "t", "s", "t")
    run = lab(learner)
    await until(learner, lambda: run.heard.steps and run.heard.evaluations)
    return run


async def pause(learner: Learner) -> LabRun:
    run = lab(learner)
    await learner.press("t")
    await until(learner, lambda: run.stage is Stage.PAUSED)
    return run


async def test_the_question_comes_first_then_it_trains() -> None:
    async with learning("pretraining") as learner:
        await learner.press(".")
        assert "t: train" in learner.text
        await learner.press("t")
        assert learner.session.question is not None
        assert lab(learner).worker is None
        assert "A question first" in learner.text
        await learner.press("t")
        assert lab(learner).worker is None
        await learner.press("3", "t")
        assert learner.session.answers["b-held-out"].right
        await until(learner, lambda: lab(learner).heard.evaluations)
        assert "4,592 parameters" in learner.text


async def test_the_live_curve_shows_the_runs_own_losses() -> None:
    async with learning("pretraining") as learner:
        run = await begin(learner)
        await pause(learner)
        await until(learner, lambda: "Paused before" in learner.text)
        heard = run.heard
        lines = (run.folder / "metrics.jsonl").read_text().splitlines()
        assert len(lines) == len(heard.evaluations)
        assert heard.steps == sorted(heard.steps)
        assert all(0 < loss < 5 for loss in heard.losses)
        assert f"this batch {heard.losses[-1]:.4g}" in learner.text
        assert f"held out {heard.evaluations[-1].val_loss:.4g}" in learner.text
        assert f"step {heard.step} of 400" in learner.text


PICTURES = ("A held-out line", "Attention", "Layers", "Weights", "What it writes", "Loss")


def kinds(sights: Iterable[str]) -> set[str]:
    return {sight.partition(":")[0] for sight in sights}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "200x60"])
async def test_every_picture_is_drawn(size: tuple[int, int]) -> None:
    async with learning("pretraining", size=size) as learner:
        run = await begin(learner)
        await pause(learner)
        shown = set()
        for _ in PICTURES:
            await learner.press("v")
            assert run.watched is not None
            wanted = kinds(run.watched[0])
            await until(learner, partial(_seen, run, wanted))
            shown |= {name for name in PICTURES if name in learner.text}
        assert shown == set(PICTURES)
        await learner.press("tab")
        assert kinds(run.watched[0]) == wanted


def _seen(run: LabRun, wanted: set[str]) -> bool:
    return wanted <= kinds(run.heard.seen)


async def test_paused_it_is_entered_stepped_and_left() -> None:
    async with learning("pretraining") as learner:
        run = await begin(learner)
        await pause(learner)
        step = run.heard.step
        await learner.press("enter")
        await until(learner, lambda: learner.session.watching is None)
        assert learner.bench.training_step == step
        assert "Inside the step" in learner.text
        await learner.press("n", "n", "n", "p")
        assert learner.bench.player.position == 2
        await learner.press("tab", "enter")
        assert learner.desk.asking
        await learner.press("escape", "escape", "escape")
        assert learner.session.watching is not None
        assert run.heard.step == step
        await learner.press("t")
        await until(learner, lambda: run.heard.step > step)


async def test_a_step_that_takes_long_to_open_is_waited_for_with_the_keys_alive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tuiexplain.course.lab_rest.BRIEFLY", 0.0)
    async with learning("pretraining") as learner:
        run = await begin(learner)
        await pause(learner)
        step = run.heard.step
        await learner.press("enter")
        assert f"Opening step {step}" in learner.text or learner.session.watching is None
        await until(learner, lambda: learner.session.watching is None)
        assert learner.bench.training_step == step
        await learner.press("end")
        await learner.press("n")
        assert learner.session.watching is not None
        assert f"Opening step {step + 1}" in learner.text
        await until(learner, lambda: learner.session.watching is None)
        assert (learner.bench.training_step, learner.bench.player.position) == (step + 1, 0)
        await learner.press("end", "n", "escape")
        assert learner.session.watching is not None
        await until(learner, lambda: run.heard.step == step + 2)
        assert run.opening is None
        await learner.press("t")
        await until(learner, lambda: run.heard.step > step + 2)
        assert learner.session.watching is not None


async def test_next_enters_and_back_from_the_beginning_leaves() -> None:
    async with learning("pretraining") as learner:
        run = await begin(learner)
        await pause(learner)
        await learner.press("n")
        await until(learner, lambda: learner.session.watching is None)
        await learner.press("p")
        assert learner.session.watching is not None
        assert run.stage is Stage.PAUSED


async def test_a_killed_process_is_told_and_the_run_goes_on_from_its_checkpoint() -> None:
    async with learning("pretraining") as learner:
        run = await begin(learner)
        await until(learner, lambda: len(run.heard.evaluations) >= 2)
        assert run.worker is not None
        run.worker.process.kill()
        await until(learner, lambda: "was killed" in learner.text)
        assert run.stage is Stage.BROKEN
        assert "t goes on from the last checkpoint" in learner.text
        before = run.heard.evaluations[0]
        await learner.press("t")
        await until(learner, lambda: run.stage in (Stage.TRAINING, Stage.DONE))
        assert run.heard.evaluations[0] == before
        assert run.heard.ready is not None
        assert run.heard.ready.step > 0


@pytest.mark.parametrize(("language", "told"), [("en", "was killed"), ("zh", "训练进程被杀死")])
async def test_a_process_that_dies_under_an_open_step_leads_back(language: str, told: str) -> None:
    async with learning("pretraining", language=language) as learner:
        run = await begin(learner)
        await pause(learner)
        await learner.press("enter")
        await until(learner, lambda: learner.session.watching is None)
        assert run.worker is not None
        run.worker.process.kill()
        run.worker.process.wait()
        for _ in range(20):
            await learner.press("n")
            if learner.session.watching is not None:
                break
        await until(learner, lambda: run.stage is Stage.BROKEN)
        assert told in learner.text


async def test_the_learning_rate_turns_live_and_the_rest_begins_anew() -> None:
    async with learning("pretraining") as learner:
        run = await begin(learner)
        await pause(learner)
        await learner.press("d", "down", "right")
        assert run.settings.lr == pytest.approx(0.006)
        assert not learner.session.watching.fresh
        await learner.press("up", "right")
        assert "starts a new run" in learner.text
        assert lab(learner) is run
        await learner.press("escape", "t")
        assert lab(learner) is not run
        assert run.worker is None
        assert lab(learner).settings.batches == 2


async def test_a_text_of_ones_own(tmp_path: Path) -> None:
    empty, short, good = (tmp_path / name for name in ("empty.txt", "short.txt", "good.txt"))
    empty.write_text("")
    short.write_text("too short")
    good.write_text("the quick brown fox jumps over the lazy dog.\n" * 40)
    async with learning("pretraining") as learner:
        await learner.press(".", "e")
        for file, told in ((empty, "is empty"), (short, "Too short"), (tmp_path / "no", "no such")):
            learner.app.screen.prompt.query_one("Input").value = str(file)
            await learner.press("enter")
            assert told in str(learner.app.screen.prompt.query_one("Static").render()), told
        learner.app.screen.prompt.query_one("Input").value = str(good)
        await learner.press("enter")
        assert "1800 characters" in learner.text
        await learner.press("s", "t", "s", "t")
        await until(learner, lambda: lab(learner).heard.ready)
        assert lab(learner).heard.ready.classes == 29


async def test_nothing_is_left_behind(home: Path) -> None:
    async with learning("pretraining") as learner:
        run = await begin(learner)
        assert run.worker is not None
        process = run.worker.process.pid
        assert list((home / "lab").iterdir()) == [run.folder]
        await learner.press("m")
        await until(learner, lambda: run.worker is None)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert list((home / "lab").iterdir()) == []


async def test_what_another_process_left_is_removed(home: Path) -> None:
    (home / "lab" / "pretraining-one-batch-999999999").mkdir(parents=True)
    async with learning("pretraining") as learner:
        await learner.press(".")
        assert list((home / "lab").iterdir()) == []


async def test_without_pytorch_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "torch" else find(name, *a)
    )
    async with learning("pretraining") as learner:
        await learner.press(".", "s", "t", "s", "t")
        assert "PyTorch is not installed" in learner.text
        await learner.press(".")
        assert learner.session.at == 2

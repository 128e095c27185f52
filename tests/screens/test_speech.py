"""What a model says, token by token, on the lab's screen: lesson 24's last part."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.learner import learning
from tuiexplain.course.lab_run import LabRun
from tuiexplain.course.lab_stage import Stage
from tuiexplain.lab import protocol as say
from tuiexplain.lab.presets import preset
from tuiexplain.screens.lesson.dashboard import View
from tuiexplain.views.look import Depth, look

SPOKEN = say.Spoken(
    step=150,
    tokens=["T", "o", " ", "b", "e", "\n", "\x1b"],
    odds=[0.5, 0.25, 0.75, 0.125, 0.5, 1.0, 0.01],
    rivals=[[["T", 0.5], ["a", 0.25]]] * 5 + [[["\n", 1.0]], [["x", 0.5]]],
    cached_per_s=5321.4,
    uncached_per_s=912.6,
)


class Ear:
    """A worker that is only told."""

    def __init__(self) -> None:
        self.told: list[say.Command] = []

    def send(self, command: say.Command) -> None:
        self.told.append(command)


def a_run(tmp_path: Path, **how: bool) -> LabRun:
    return LabRun(preset("gpt", "tiny").changed(context=40), tmp_path, "HAM", **how)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize(("width", "height"), [(37, 15), (60, 30), (20, 4)])
def test_the_picture_has_both_speeds_the_text_and_the_odds(
    tmp_path: Path, language: str, ascii_only: bool, width: int, height: int
) -> None:
    run = a_run(tmp_path)
    run.heard.spoken = SPOKEN
    picture = View(run, look("dark", Depth.FULL, ascii_only), language).draw(
        "speech", width, height
    )
    assert len(picture.strips) == height
    assert all(strip.cell_length == width for strip in picture.strips)
    assert "\x1b" not in picture.text
    if height > 10:
        assert "5,321" in picture.text
        assert "913" in picture.text
        assert "To be" in picture.text
        assert "_   0.75" in picture.text
        assert "/   1.00" in picture.text


def test_before_it_has_spoken_the_picture_says_so(tmp_path: Path) -> None:
    shown = View(a_run(tmp_path), look("dark", Depth.FULL), "en").draw("speech", 40, 10).text
    assert "0." not in shown
    assert len(shown.split()) > 5


def test_it_speaks_after_an_evaluation_where_the_part_shows_that(tmp_path: Path) -> None:
    evaluated = say.Evaluated(
        step=1, loss=1.0, val_loss=1.0, accuracy=0.5, lr=0.1, tokens_per_s=1.0,
        examples_per_s=1.0, device="cpu", memory=1, seconds=1.0,
    )  # fmt: skip
    for speaks, asked in ((False, [say.Sample]), (True, [say.Sample, say.Speak])):
        run, ear = a_run(tmp_path, speaks=speaks), Ear()
        run.worker = ear  # type: ignore[assignment]
        run._take(evaluated)
        assert [type(command) for command in ear.told] == asked
    assert ear.told[-1] == say.Speak("HAM", 37, seed=run.settings.seed)
    run._take(SPOKEN)
    assert run.heard.spoken == SPOKEN
    run.heard.back_to(100)
    assert run.heard.spoken is None


async def test_the_network_of_the_lesson_before_speaks_from_ones_own_words(home: Path) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    async with learning("generation", part="own") as learner:
        await learner.press("d", "down", "right")
        assert "Nothing is kept there" in learner.message
        assert learner.bench.settings["model"] == "here"
    async with learning("pretraining", part="pretrain") as learner:
        await learner.press("t", "s", "t")
        run = learner.session.watching.lab
        await learner.until(lambda: run.heard.step and len(run.heard.evaluations) > 2, 90)
        await learner.press("m")
        assert not run.folder.exists()
    async with learning("generation", part="own") as learner:
        await learner.press("d", "down", "right")
        assert learner.bench.settings["model"] == "lesson 23"
        await learner.press("up", "e")
        learner.screen.prompt.query_one("Input").value = "ROMEO:/"
        await learner.press("enter", "escape", "t")
        own = learner.session.watching.lab
        await learner.until(lambda: own.heard.spoken and own.heard.samples, 90)
        assert own.stage is Stage.PAUSED
        assert own.settings == run.settings
        kept = own.heard.evaluations
        assert kept == run.heard.evaluations[: len(kept)]
        assert len(kept) >= 2
        assert own.heard.samples[-1].prompt == "ROMEO:\n"
        assert own.heard.step == kept[-1].step
        await learner.press("t")
        await learner.until(lambda: own.heard.step > kept[-1].step, 90)

"""Answers before and now, and what is forgotten, on the lab's screen."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from tuiexplain.course.lab_run import LabRun
from tuiexplain.course.languages import has, tr
from tuiexplain.lab import protocol as say
from tuiexplain.lab.presets import preset
from tuiexplain.lab.worker import Worker
from tuiexplain.screens.lesson.dashboard import View
from tuiexplain.views.look import Depth, look

BEFORE = say.Quizzed(0, [["upper cat", "CAT", "That the \x1b[2J"], ["add 12 30", "42", ""]])
NOW = say.Quizzed(200, [["upper cat", "CAT", "CAT"], ["add 12 30", "42", "52"]])


def evaluated(step: int, solved: float, base_loss: float) -> say.Evaluated:
    return say.Evaluated(
        step=step, loss=1.0, val_loss=1.0, accuracy=0.5, lr=0.1, tokens_per_s=1.0,
        examples_per_s=1.0, device="cpu", memory=1, seconds=1.0, solved=solved,
        base_loss=base_loss,
    )  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> LabRun:
    run = LabRun(preset("gpt", "tiny"), tmp_path, "")
    run.heard.evaluations = [evaluated(0, 0.0, 1.75), evaluated(200, 0.5, 3.25)]
    run.heard.quizzes = [BEFORE, NOW]
    return run


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("colours", [Depth.FULL, Depth.NONE])
@pytest.mark.parametrize(("width", "height"), [(40, 16), (90, 20), (20, 3), (8, 2)])
def test_the_pictures_fit(
    run: LabRun, language: str, ascii_only: bool, colours: Depth, width: int, height: int
) -> None:
    for name in ("answers", "forgetting"):
        view = View(run, look("dark", colours, ascii_only), language)
        picture = view.draw(name, width, height)
        assert len(picture.strips) == height
        assert all(strip.cell_length == width for strip in picture.strips)
        assert "\x1b" not in picture.text


def test_an_answer_is_marked_by_a_sign_too(run: LabRun) -> None:
    shown = View(run, look("dark", Depth.NONE), "en").draw("answers", 60, 8).text
    rows = [line.split() for line in shown.splitlines()]
    assert ["solved", "0.0%", "▶", "50.0%"] in rows
    assert ["upper", "cat", "✕", "That", "the", "[2J", "●", "CAT"] in rows
    assert ["add", "12", "30", "✕", "–", "✕", "52"] in rows


def test_what_is_forgotten_is_said_in_numbers(run: LabRun) -> None:
    shown = View(run, look("dark", Depth.NONE), "en").draw("forgetting", 70, 14).text
    assert "1.75 at first, +1.5 since" in shown


def test_before_anything_was_asked_both_say_so(tmp_path: Path) -> None:
    run = LabRun(preset("gpt", "tiny"), tmp_path, "")
    for name in ("answers", "forgetting"):
        shown = View(run, look("dark", Depth.FULL), "en").draw(name, 40, 10).text
        assert "t: train" in shown


def test_a_run_that_has_started_is_not_said_to_be_starting(tmp_path: Path) -> None:
    run = LabRun(preset("gpt", "tiny"), tmp_path, "")
    run.worker = cast(Worker, object())
    view = View(run, look("dark", Depth.FULL), "en")
    assert "PyTorch is starting" in view.draw("answers", 40, 10).text
    run.heard.ready = say.Ready(0, 9, 9, "cpu", "CPU", "float32", False, "", 9, "")
    assert "on its way" in view.draw("answers", 40, 10).text


def test_the_first_answers_stay_beside_the_newest(tmp_path: Path) -> None:
    run = LabRun(preset("gpt", "tiny"), tmp_path, "")
    for quizzed in (BEFORE, say.Quizzed(100, NOW.tasks), NOW):
        run._take(quizzed)
    assert [q.step for q in run.heard.quizzes] == [0, 200]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_open_step_names_what_was_measured(run: LabRun, language: str) -> None:
    """The curve beside an open step has the run's measures, and no lesson has words for them."""
    for name in run.heard.scores:
        assert has(f"measure.{name}")
        assert tr(f"measure.{name}", language)

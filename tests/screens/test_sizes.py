"""Runs of different size that are done, and the law through them, on the lab's screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tuiexplain.course.lab_run import REMEMBERED, Former, Heard, LabRun
from tuiexplain.lab import protocol as say
from tuiexplain.lab.presets import preset
from tuiexplain.screens.lesson.dashboard import View
from tuiexplain.views.look import Depth, look


def heard(parameters: int, step: int, loss: float) -> Heard:
    ready = say.Ready(
        step=0, steps=100, parameters=parameters, device="cpu", device_name="cpu",
        precision="float32", compiled=False, data="", classes=80, out="",
    )  # fmt: skip
    evaluated = say.Evaluated(
        step=step, loss=loss, val_loss=loss, accuracy=0.5, lr=0.1, tokens_per_s=1.0,
        examples_per_s=1.0, device="cpu", memory=1, seconds=1.0,
    )  # fmt: skip
    return Heard(ready=ready, evaluations=[evaluated], step=step)


def a_run(folder: Path, width: int, told: Heard, **others: object) -> LabRun:
    run = LabRun(preset("gpt", "tiny").changed(width=width, steps=100, **others), folder, "")
    run.heard = told
    return run


def after(former: LabRun, run: LabRun) -> LabRun:
    run.former = former.as_former()
    return run


@pytest.fixture
def three(tmp_path: Path) -> LabRun:
    """Losses of 4, 2 and 1 at 100, 10,000 and 1,000,000 parameters: half for each hundredfold."""
    run = a_run(tmp_path, 8, heard(100, 100, 4.0))
    run = after(run, a_run(tmp_path, 16, heard(10_000, 100, 2.0)))
    return after(run, a_run(tmp_path, 32, heard(1_000_000, 100, 1.0)))


def shown(run: LabRun) -> str:
    return View(run, look("dark", Depth.NONE), "en").draw("sizes", 60, 16).text


def test_a_law_through_all_sizes_that_are_done(three: LabRun) -> None:
    text = shown(three)
    assert "3 of different size" in text
    assert "-0.151: ten times N, 71% of L" in text


def test_a_run_that_goes_on_is_no_point_yet(three: LabRun, tmp_path: Path) -> None:
    run = after(three, a_run(tmp_path, 64, heard(10_000_000, 50, 9.0)))
    assert "3 of different size" in shown(run)
    alone = a_run(tmp_path, 8, heard(100, 50, 4.0))
    assert "A run that is done is a point" in shown(alone)


def test_runs_that_differ_in_more_than_size_are_no_points(three: LabRun, tmp_path: Path) -> None:
    run = after(three, a_run(tmp_path, 64, heard(10_000_000, 100, 0.5), batch=3))
    text = shown(run)
    assert "1 of different size" in text
    assert "ten times" not in text


def test_the_latest_of_two_runs_of_one_size_counts(three: LabRun, tmp_path: Path) -> None:
    again = after(three, a_run(tmp_path, 8, heard(100, 100, 1.0)))
    assert "3 of different size" in shown(again)
    assert "71%" not in shown(again)


def test_only_so_many_are_remembered(tmp_path: Path) -> None:
    run = a_run(tmp_path, 8, heard(100, 100, 4.0))
    for _ in range(30):
        run = after(run, a_run(tmp_path, 8, heard(100, 100, 4.0)))
    assert isinstance(run.former, Former)
    assert len(run.former.earlier) == REMEMBERED
    assert not any(one.earlier for one in run.former.earlier)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize(("width", "height"), [(37, 12), (90, 30), (20, 3), (8, 2)])
def test_it_fits(three: LabRun, language: str, ascii_only: bool, width: int, height: int) -> None:
    view = View(three, look("dark", Depth.NONE, ascii_only), language)
    picture = view.draw("sizes", width, height)
    assert len(picture.strips) == height
    assert all(strip.cell_length == width for strip in picture.strips)

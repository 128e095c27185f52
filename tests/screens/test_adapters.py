"""What a run costs and what it moved, beside the run before, on the lab's screen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tuiexplain.course.lab_run import LabRun
from tuiexplain.lab import protocol as say
from tuiexplain.lab.observing.sights import Kind, Seen, Sight
from tuiexplain.lab.presets import preset
from tuiexplain.lab.settings import Settings
from tuiexplain.screens.lesson.dashboard import View, sights
from tuiexplain.views.look import Depth, look

MATRICES = ["transformer.h.0.attn.c_attn", "transformer.wte"]


def a_run(settings: Settings, folder: Path, trained: int, singular: list[float]) -> LabRun:
    run = LabRun(settings, folder, "")
    run.heard.ready = say.Ready(0, 100, 1000, "cpu", "CPU", "float32", False, "", 9, "", trained)
    run.heard.scene = say.Scene({}, [], {}, [], 8, [], MATRICES)
    run.heard.step = 100
    run.heard.evaluations = [
        say.Evaluated(
            step=100, loss=1.0, val_loss=1.0, accuracy=0.5, lr=0.1, tokens_per_s=1.0,
            examples_per_s=1.0, device="cpu", memory=1, seconds=61.2, solved=0.975, base_loss=3.25,
        )
    ]  # fmt: skip
    sight = Sight(Kind.CHANGE, MATRICES[0])
    arrays = {"moved": np.array([0.5, 0.0]), "singular": np.array(singular)}
    run.heard.seen[str(sight)] = Seen(sight, 100, 1, arrays)
    return run


@pytest.fixture
def run(tmp_path: Path) -> LabRun:
    full = preset("gpt", "tiny")
    lora = full.changed(base="course").changed(method="lora", rank=2)
    run = a_run(lora, tmp_path, 80, [3.0, 1.0, 0.0, 0.0])
    run.former = a_run(full, tmp_path, 1000, [4.0, 3.0, 2.0, 1.0]).as_former()
    return run


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("colours", [Depth.FULL, Depth.NONE])
@pytest.mark.parametrize(("width", "height"), [(38, 16), (90, 20), (20, 3), (8, 2)])
def test_the_pictures_fit(
    run: LabRun, language: str, ascii_only: bool, colours: Depth, width: int, height: int
) -> None:
    for name in ("change", "cost"):
        picture = View(run, look("dark", colours, ascii_only), language).draw(name, width, height)
        assert len(picture.strips) == height
        assert all(strip.cell_length == width for strip in picture.strips)


def test_what_it_costs_is_told_of_both_runs(run: LabRun) -> None:
    shown = View(run, look("dark", Depth.NONE), "en").draw("cost", 70, 10).text
    rows = [line.split() for line in shown.splitlines()]
    assert ["trained", "80", "1,000"] in rows
    assert ["frozen", "920", "0"] in rows
    assert ["gradients", "and", "Adam", "1", "kB", "12", "kB"] in rows
    assert ["solved", "97.5%", "97.5%"] in rows


def test_the_change_has_the_marks_of_the_run_before(run: LabRun) -> None:
    shown = View(run, look("dark", Depth.NONE), "en").draw("change", 70, 10).text
    assert "LoRA, r = 2" in shown
    assert "marks: everything" in shown
    bare = [line for line in shown.splitlines() if line.rstrip().endswith("0") and "┃" in line]
    assert len(bare) >= 2  # what only the former run has changed


def test_what_is_watched_is_the_layer_that_is_chosen(run: LabRun) -> None:
    view = View(run, look("dark", Depth.NONE), "en", at=1)
    assert sights(view, "change") == [Sight(Kind.CHANGE, MATRICES[1])]
    assert (
        "PyTorch" in view.draw("change", 40, 5).text
        or "t: train" in view.draw("change", 40, 5).text
    )

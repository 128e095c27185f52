"""A run in a folder: its programs give the playground's losses, its files are what they say."""

from __future__ import annotations

import csv
import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.play.designs import random_design
from tuiexplain.play.changes import Change
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.errors import PlayError
from tuiexplain.play.play import Play
from tuiexplain.play.sharing.folder import share
from tuiexplain.play.sharing.text import read

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
STEPS = 60


def trained(design: Design, steps: int = STEPS) -> Play:
    play = Play(design)
    play.run.extend_to(steps)
    play.at = play.length
    return play


def losses_of(script: Path, steps: int, capsys: pytest.CaptureFixture[str]) -> list[float]:
    """What a script computes, run here: PyTorch is there already."""
    module = runpy.run_path(str(script))
    told: list[float] = []
    module["main"].__globals__["compare"] = told.extend
    before = torch.get_default_dtype()
    try:
        torch.set_default_dtype(torch.float64)
        module["main"](steps)
    finally:
        torch.set_default_dtype(before)
    return told


@pytest.fixture(autouse=True)
def default_dtype():
    before = torch.get_default_dtype()
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize("program", ["train_torch.py", "train_numpy.py"])
@pytest.mark.parametrize("number", range(24))
def test_the_programs_give_the_same_losses(
    tmp_path: Path, number: int, program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    play = trained(random_design(number))
    found = losses_of(share(play, tmp_path) / program, STEPS, capsys)
    assert np.allclose(found, play.run.losses, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("program", ["train_torch.py", "train_numpy.py"])
def test_they_leave_out_an_example_that_would_be_alone(
    tmp_path: Path, program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    play = trained(Design(layers=(Layer(4, norm="batch"),), batch=7, examples=100))
    assert len(play.dataset.train) % 7 == 1
    found = losses_of(share(play, tmp_path) / program, STEPS, capsys)
    assert np.allclose(found, play.run.losses, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("program", ["train_torch.py", "train_numpy.py"])
@pytest.mark.parametrize("optimizer", ["momentum", "rmsprop", "adam", "adamw"])
def test_they_go_on_where_the_design_was_changed_last(
    tmp_path: Path, optimizer: str, program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    layers = (Layer(5, norm="batch"), Layer(4, "relu", dropout=0.2))
    play = trained(Design(layers=layers, optimizer=optimizer, schedule="cosine", lr=0.01), 40)
    play.change(play.design.changed(clip=0.5, left_out=tuple(play.dataset.train[:3].tolist())))
    play.run.extend_to(70)
    play.fork(50, Change(50, {"penalty": "l2", "penalty_rate": 0.01}, {"b2[1]": 0.3}))
    play.run.extend_to(80)
    found = losses_of(share(play, tmp_path) / program, 30, capsys)
    assert np.allclose(found, play.run.losses[50:], rtol=1e-9)


@pytest.mark.parametrize("program", ["train_torch.py", "train_numpy.py"])
def test_a_program_stands_alone_and_compares_itself(tmp_path: Path, program: str) -> None:
    folder = share(trained(Design(data="arms", loss="log")), tmp_path)
    done = subprocess.run(
        [sys.executable, program, "30"],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "tuiexplain" not in "".join(
        line for line in (folder / program).read_text().splitlines() if "import" in line
    )
    last = done.stdout.splitlines()[-1]
    assert last.startswith("30 steps of the playground's: ")
    assert float(last.split(": ")[1].split()[0]) < 1e-9


def test_weights_curves_and_text_are_those_of_the_run(tmp_path: Path) -> None:
    play = trained(Design(data="iris", loss="log", layers=(Layer(5, norm="batch"),)))
    folder = share(play, tmp_path, picture="<svg/>")
    for file in (load_file(folder / "weights.safetensors"), np.load(folder / "weights.npz")):
        assert set(file) == {*play.shape.shapes(), *play.shape.buffers()}
        for name in file:
            assert np.array_equal(file[name], play.numbers(STEPS)[name])
    with (folder / "curves.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["loss"]) for row in rows] == list(play.run.losses)
    assert float(rows[16]["test_accuracy"]) == play.measured("test_accuracy", 16)
    story = read((folder / "run.txt").read_text().split("--from ")[1])
    assert (story.segments, story.length) == (play.segments, STEPS)
    assert (folder / "picture.svg").read_text() == "<svg/>"


def test_nothing_is_written_over(tmp_path: Path) -> None:
    play = trained(Design(), 3)
    assert share(play, tmp_path) != share(play, tmp_path)


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PlayError, match="not a directory") as caught:
        share(trained(Design(), 3), tmp_path / "file")
    assert caught.value.key == "not_written"

"""A run in two processes, as torchrun starts them on one machine without a GPU."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from tuiexplain.lab.record import LATEST, METRICS, read_record  # noqa: E402

if not torch.distributed.is_available() or not torch.distributed.is_gloo_available():
    pytest.skip("this PyTorch has no gloo", allow_module_level=True)

ROOT = Path(__file__).resolve().parents[3]
SMALL = "layers=2 heads=2 width=32 context=32 batch=8 eval_batches=2 eval_every=20 threads=1"
SECONDS = 120


def command(out: Path, *options: str, processes: int = 1) -> list[str]:
    """How a run is started, in one process or in several."""
    start = [sys.executable]
    if processes > 1:
        start += ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    settings = [word for each in SMALL.split() for word in ("--set", each)]
    train = ["-m", "tuiexplain", "train", "gpt", "--json", "--device", "cpu", "--out", str(out)]
    return [*start, *train, *settings, *options]


def environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "TUIEXPLAIN_HOME": str(home),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
        # Loopback: a machine's own name need not lead back to it.
        "GLOO_SOCKET_IFNAME": "lo" if sys.platform.startswith("linux") else "lo0",
    }


def run(out: Path, *options: str, processes: int = 1) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(out, *options, processes=processes),
        env=environment(out.parent / "home"),
        cwd=out.parent,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, float]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, float]]:
    """The losses of 100 steps in one process."""
    return lines(run(tmp_path_factory.mktemp("one") / "run", "--steps", "100"))


@pytest.mark.parametrize("parallel", ["ddp", "fsdp"])
def test_two_processes_learn_what_one_does(
    tmp_path: Path, alone: list[dict[str, float]], parallel: str
) -> None:
    asked = ("--steps", "100", "--set", f"parallel={parallel}")
    both = lines(run(tmp_path / "run", *asked, processes=2))
    assert [line["step"] for line in both] == [line["step"] for line in alone]
    for mine, theirs in zip(both, alone, strict=True):
        assert abs(mine["loss"] - theirs["loss"]) <= 1e-5
        assert abs(mine["val_loss"] - theirs["val_loss"]) <= 1e-5
    for norm, speed in both[-1]["shares"]:  # type: ignore[attr-defined]
        assert speed > 0
        assert norm is None if parallel == "fsdp" else norm > 0
    assert len(both[-1]["shares"]) == 2  # type: ignore[arg-type]
    # One process goes on from what two have written.
    on = lines(run(tmp_path / "run", "--resume", "--steps", "120"))
    assert [line["step"] for line in on] == [120]
    assert on[-1]["loss"] < both[-1]["loss"]


@pytest.mark.parametrize("parallel", ["ddp", "fsdp"])
def test_two_processes_go_on_from_what_they_have_written(tmp_path: Path, parallel: str) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    asked = ("--set", f"parallel={parallel}", "--set", "decay_steps=60")
    straight = lines(run(whole, *asked, "--steps", "60", processes=2))
    run(cut, *asked, "--steps", "40", processes=2)
    resumed = lines(run(cut, "--resume", *asked, "--steps", "60", processes=2))
    assert resumed[-1]["step"] == 60
    assert resumed[-1]["loss"] == straight[-1]["loss"]


def test_a_process_that_is_lost_ends_all_and_the_checkpoint_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "run"
    started = subprocess.Popen(
        command(out, "--steps", "1000000", processes=2),
        env=environment(tmp_path / "home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert started.stdout is not None
        while json.loads(started.stdout.readline())["step"] < 20:
            pass
        workers = _below(started.pid)
        follower = next(pid for pid in workers if _says(pid, "RANK=1") and _is_worker(pid))
        os.kill(follower, signal.SIGKILL)
        _, words = started.communicate(timeout=SECONDS)
    finally:
        if started.poll() is None:
            started.kill()
            started.communicate()
    assert started.returncode == 1
    said = [line for line in words.splitlines() if line.startswith("tuiexplain: ")]
    assert "another process of the run has ended" in said[-1]
    assert "Traceback" not in "\n".join(said)
    assert read_record(out / LATEST).step >= 20
    assert (out / METRICS).exists()
    until = time.monotonic() + 20
    while left := [pid for pid in workers if _alive(pid)]:
        assert time.monotonic() < until, left
        os.sched_yield()


def test_a_batch_that_cannot_be_shared_is_told(tmp_path: Path) -> None:
    done = run(tmp_path / "run", "--steps", "5", "--set", "batch=9", processes=2)
    assert done.returncode == 1  # torchrun's own, for processes that ended with 2
    assert "batch=9 cannot be shared by 2 processes" in done.stderr
    assert done.stderr.count("cannot be shared") == 1


def test_losses_of_two_processes_begin_where_chance_does(alone: list[dict[str, float]]) -> None:
    assert abs(alone[0]["loss"] - math.log(80)) < 0.1


def _below(pid: int) -> list[int]:
    """All processes that one has started, and those they have."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *_below(int(child))]
    return found


def _says(pid: int, word: str) -> bool:
    return word in Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")


def _is_worker(pid: int) -> bool:
    return "lab.child" in Path(f"/proc/{pid}/cmdline").read_bytes().decode()


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0]
    except OSError:
        return False
    return state != "Z"

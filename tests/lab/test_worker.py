"""The training process: obeys, dies with its parent, and its own death is told."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from tests.lab.small import settings  # noqa: E402
from tuiexplain.lab import protocol as say  # noqa: E402
from tuiexplain.lab.record import LATEST, read_record  # noqa: E402
from tuiexplain.lab.worker import Worker  # noqa: E402

FOREVER = {"steps": 10**9, "eval_every": 50}


def heard(worker, kind, *, within=60.0):
    """The next message of a kind; what comes before it is passed over."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        message = worker.receive(timeout=until - time.monotonic())
        if isinstance(message, kind):
            return message
        assert not isinstance(message, say.Failed), message
    raise AssertionError(f"no {kind.__name__} within {within} s")


def evaluations(out):
    lines = (out / "metrics.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    return [(line["step"], line["loss"], line["val_loss"]) for line in found]


def gone(pid, within=10.0):
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


def test_a_conversation(tmp_path):
    with Worker(settings(**FOREVER), tmp_path, paused=True) as worker:
        ready = heard(worker, say.Ready)
        assert (ready.step, ready.device, ready.parameters) == (0, "cpu", 4592)
        assert heard(worker, say.Evaluated).step == 0
        assert heard(worker, say.Paused) == say.Paused(0)
        worker.send(say.StepOnce(3))
        assert [heard(worker, say.Stepped).step for _ in range(3)] == [1, 2, 3]
        assert heard(worker, say.Paused) == say.Paused(3)
        worker.send(say.Sample("HAMLET.\n", count=20, seed=1))
        sampled = heard(worker, say.Sampled)
        assert (sampled.step, len(sampled.text)) == (3, 20)
        worker.send(say.Speak("HAMLET.\n", count=20, seed=1))
        spoken = heard(worker, say.Spoken)
        assert "".join(spoken.tokens) == sampled.text
        assert [len(likeliest) for likeliest in spoken.rivals] == [3] * 20
        assert all(
            top[0][1] >= said > 0 for top, said in zip(spoken.rivals, spoken.odds, strict=True)
        )
        assert spoken.cached_per_s > 0
        assert spoken.uncached_per_s > 0
        worker.send(say.Sample("天"))
        assert "`天` does not occur" in heard(worker, say.Note).sentence
        worker.send(say.Save())
        assert heard(worker, say.Saved).step == 3
        worker.send(say.StepOnce(2))
        assert heard(worker, say.Paused).step == 5
        worker.send(say.Load())
        assert heard(worker, say.Paused).step == 3
        worker.send(say.SetLearningRate(0.5))
        worker.send(say.SetLearningRate(-1.0))
        assert "0 or more" in heard(worker, say.Note).sentence
        worker.send(say.StepOnce())
        assert heard(worker, say.Stepped).lr == pytest.approx(0.5 * 4 / 21)
        worker.send(say.Resume())
        heard(worker, say.Evaluated)
        worker.send(say.Pause())
        step = heard(worker, say.Paused).step
        worker.send(say.Evaluate())
        assert heard(worker, say.Evaluated).step == step
        finished = worker.stop()
        assert isinstance(finished, say.Finished)
        assert (finished.step, finished.done, finished.saved) == (step, False, True)
        assert read_record(tmp_path / LATEST).settings.lr == 0.5
    assert worker.process.returncode == 0


def test_killed_and_resumed_has_the_same_losses(tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    run = settings(steps=200, eval_every=20, dropout=0.1)
    with Worker(run, whole) as worker:
        heard(worker, say.Paused)
        assert worker.stop().done
    with Worker(run, broken) as worker:
        while heard(worker, say.Saved).step < 60:
            pass
        heard(worker, say.Stepped)  # beyond the checkpoint
        worker.process.send_signal(signal.SIGKILL)
        failed = list(worker.messages())[-1]
        assert isinstance(failed, say.Failed)
        assert "was killed" in failed.sentence
        assert "; the checkpoint of step " in failed.sentence
        assert "--resume" in failed.sentence
    assert not list(broken.glob("*.partial")) or read_record(broken / LATEST)
    with Worker(run, broken, resume=True) as worker:
        assert heard(worker, say.Ready).step >= 60
        heard(worker, say.Paused)
        worker.stop()
    assert evaluations(broken) == evaluations(whole)


def test_a_run_that_is_stuck_waits_and_keeps_the_former_checkpoint(tmp_path):
    run = settings("cnn", steps=100, lr=1e30, min_lr=1e30, warmup=5, clip=0, eval_every=1)
    with Worker(run, tmp_path) as worker:
        stuck = heard(worker, say.Stuck)
        assert "the first thing that is not finite is" in stuck.sentence
        assert heard(worker, say.Paused).step == stuck.step
        worker.send(say.Resume())
        assert heard(worker, say.Stuck).step == stuck.step
        finished = worker.stop()
        assert not finished.done
    kept = read_record(tmp_path / LATEST)
    assert kept.step <= stuck.step


PARENT = """
import sys, time
from pathlib import Path
from tests.lab.small_settings import forever
from tuiexplain.lab.worker import Worker
worker = Worker(forever(), Path(sys.argv[1]))
for message in worker.messages():
    if type(message).__name__ == "Stepped":
        print(worker.process.pid, flush=True)
        break
if "torch" in sys.modules:
    print("torch was imported", flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_worker_dies_with_its_parent(tmp_path, number):
    root = Path(__file__).resolve().parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    try:
        child = int(parent.stdout.readline())
        assert not gone(child, within=0.1)
        parent.send_signal(number)
        assert gone(child)
        assert parent.communicate()[0] == ""
    finally:
        parent.kill()


def test_a_worker_ends_when_the_pipe_of_commands_closes(tmp_path):
    with Worker(settings(**FOREVER), tmp_path) as worker:
        heard(worker, say.Evaluated)
        worker._commands.close()
        assert gone(worker.process.pid)


def test_no_pytorch_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError('none', name='torch')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Worker(settings(), tmp_path / "out") as worker:
        [failed] = worker.messages()
    assert failed.bad_input
    assert failed.sentence == (
        "PyTorch is not installed, and the lab needs it: `pip install torch`."
    )


def test_a_broken_pytorch_and_a_crash_at_start_are_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "torch.py").write_text("raise OSError('libcudart.so.13: cannot open')\n")
    with Worker(settings(), tmp_path / "out") as worker:
        [failed] = worker.messages()
    assert "PyTorch does not start (libcudart.so.13: cannot open)" in failed.sentence
    (tmp_path / "torch.py").write_text("import os; os.abort()\n")
    with Worker(settings(), tmp_path / "out") as worker:
        [failed] = worker.messages()
    assert "died of SIGABRT" in failed.sentence
    assert "no checkpoint had been written yet" in failed.sentence

"""A run of ``tuiexplain train`` watched from another process: heard, paused, entered, left running."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from tests.lab.test_worker import evaluations, heard
from tuiexplain.lab import local_socket
from tuiexplain.lab import protocol as say
from tuiexplain.lab.attached import attach, past
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.remote import RemoteTrace
from tuiexplain.lab.watched import KIND
from tuiexplain.trace.value import Kind

WITHIN = 60.0


pytestmark = pytest.mark.usefixtures("runtime")


class Training:
    """A training process as a person starts it, without a screen."""

    def __init__(self, out: Path, steps: int = 600) -> None:
        changes = {"threads": 1, "eval_every": 200, "eval_batches": 2, "compile": "off"}
        words = [f"--set={name}={value}" for name, value in changes.items()]
        command = ["train", "gpt", "--preset", "tiny", "--device", "cpu", "--json"]
        command += ["--steps", str(steps), "--out", str(out)]
        self.out = out
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tuiexplain", *command, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def attached(self):
        until = time.monotonic() + WITHIN
        while not local_socket.waiting(KIND):
            assert time.monotonic() < until
            assert self.process.poll() is None
            time.sleep(0.01)  # for a file that another process makes, there is no event
        return attach(self.out)

    def ended(self) -> tuple[int, str]:
        output, errors = self.process.communicate(timeout=WITHIN)
        return self.process.returncode, output + errors

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def unwatched(tmp_path_factory):
    """What such a run comes to when nobody looks."""
    out = tmp_path_factory.mktemp("unwatched") / "out"
    with Training(out) as training:
        assert training.ended()[0] == 0
    return evaluations(out)


def test_heard_paused_entered_resumed_and_left(tmp_path, unwatched):
    with Training(tmp_path / "out") as training:
        with training.attached() as watcher:
            assert heard(watcher, say.Ready).steps == 600
            assert heard(watcher, say.Scene).tokens
            assert heard(watcher, say.Evaluated).step == 0
            watcher.send(say.Pause())
            step = heard(watcher, say.Paused).step
            watcher.send(say.StepOnce(2))
            assert [heard(watcher, say.Stepped).step for _ in range(2)] == [step + 1, step + 2]
            assert heard(watcher, say.Paused) == say.Paused(step + 2)
            watcher.send(say.Sample("HAMLET", count=5))
            assert len(heard(watcher, say.Sampled).text) == 5
            watcher.send(say.EnterStep())
            entered = watcher.wait_for(say.Entered, WITHIN)
            assert isinstance(entered, say.Entered)
            assert entered.step == step + 2
            trace = RemoteTrace(watcher, entered)
            loss = next(v for v in trace.values if v.kind is Kind.LOSS)
            assert 0 < float(trace.data(loss)) < 10
            watcher.send(say.Watch(["weights transformer.wte"], 8, 8, number=1))
            watcher.send(say.Resume())
            assert heard(watcher, say.Stepped).step > step + 2
            assert past(watcher.out)[0].step == 0
        code, output = training.ended()
    assert code == 0, output
    assert evaluations(tmp_path / "out") == unwatched
    assert local_socket.waiting(KIND) == []


def attached_again(training):
    """Attach as soon as the run has noticed that the watcher before is gone."""
    until = time.monotonic() + WITHIN
    while True:
        try:
            return attach(training.out)
        except LabError as error:
            if "being watched already" not in str(error) or time.monotonic() > until:
                raise


def test_who_leaves_it_paused_or_talks_nonsense_or_asks_for_its_end_leaves_it_running(
    tmp_path, unwatched
):
    with Training(tmp_path / "out") as training:
        with training.attached() as watcher:
            heard(watcher, say.Evaluated)
            watcher.send(say.Pause())
            heard(watcher, say.Paused)
            with pytest.raises(LabError, match="being watched already"):
                attach(training.out)
        with attached_again(training) as watcher:
            watcher.send(say.Pause())  # and gone before the answer
        with attached_again(training) as watcher:
            heard(watcher, say.Stepped)
            os.write(watcher._connection.fileno(), b"nonsense\n")
            assert "has ended" in heard_failure(watcher)
        with attached_again(training) as watcher:
            watcher.send(say.Stop())
            assert heard(watcher, say.Finished).done
        assert training.ended()[0] == 0
    assert evaluations(tmp_path / "out") == unwatched


def test_a_run_that_is_killed_is_told_of_and_its_socket_taken_away(tmp_path):
    with Training(tmp_path / "out", steps=10**9) as training:
        with training.attached() as watcher:
            heard(watcher, say.Ready)
            training.process.kill()
            assert "has ended" in heard_failure(watcher)
        training.process.wait()
        assert len(local_socket.waiting(KIND)) == 1
        with pytest.raises(LabError, match="no run is training now"):
            attach()
        assert local_socket.waiting(KIND) == []


def heard_failure(watcher) -> str:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        message = watcher.receive(timeout=until - time.monotonic())
        if isinstance(message, say.Failed):
            return message.sentence
    raise AssertionError("its end was not told")


def test_the_command_tells_the_past_and_what_comes(tmp_path):
    with Training(tmp_path / "out") as training:
        with training.attached() as watcher:
            heard(watcher, say.Evaluated)
        told = subprocess.run(
            [sys.executable, "-m", "tuiexplain", "attach", str(training.out), "--json"],
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        assert training.ended()[0] == 0
    steps = [json.loads(line)["step"] for line in told.stdout.splitlines()]
    assert steps == [0, 200, 400, 600]
    assert "ctrl+c leaves it running" in told.stderr


def test_no_run_and_another_run_are_told_of(tmp_path):
    with pytest.raises(LabError, match="no run is training now"):
        attach()
    with pytest.raises(LabError, match=r"no run in .*elsewhere is training now"):
        attach(tmp_path / "elsewhere")


def test_a_run_of_another_version_is_told_in_a_sentence_and_does_not_stand_before_others(tmp_path):
    """Something listens whose settings nobody here knows; behind it, nothing."""
    listening, path = local_socket.listen(KIND)
    answered = threading.Event()

    def foreign():
        connection, _ = listening.accept()
        start = say.Start({"model": "gpt", "warp": 9}, str(tmp_path))
        with connection, tempfile.TemporaryFile() as window:
            greeting = say.encode(start)
            socket.send_fds(connection, [greeting], [window.fileno()])
            answered.wait(WITHIN)

    thread = threading.Thread(target=foreign)
    thread.start()
    try:
        with pytest.raises(LabError, match="is of another version of tuiexplain: watch it with"):
            attach()
    finally:
        answered.set()
        thread.join()
        listening.close()
        path.unlink(missing_ok=True)

"""The interface's side of a training process: start it, talk to it, and say how it ended.

Imports no torch: that is what the other process is for.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import BinaryIO, cast

import tuiexplain
from tuiexplain.lab.conversation import Conversation
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.observing.window import Window
from tuiexplain.lab.protocol import (
    Command,
    Failed,
    Finished,
    Message,
    Saved,
    Start,
    Stop,
)
from tuiexplain.lab.settings import Settings

_LOADER = """
import sys
sys.path.append(sys.argv.pop())
from tuiexplain.lab.child import main
main()
"""


class Child(Conversation):
    """A process of ours, begun with a command.

    Start it from a thread that lives as long as the program (see `lifeline`). Its `fileno` can be
    watched by an event loop, and `receive(timeout=0)` called when there is something to read.
    """

    def __init__(self, first: Command, nice: int = 0) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        window = Window.new()
        root = str(Path(tuiexplain.__file__).resolve().parent.parent)
        shared = window.descriptor
        self.process = subprocess.Popen(
            # -P: a file of the user's in the current folder, named as one of ours, is not ours.
            [sys.executable, "-P", "-c", _LOADER, *map(str, (os.getpid(), nice, shared)), root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            pass_fds=[shared],
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        super().__init__(
            cast(BinaryIO, self.process.stdin), cast(BinaryIO, self.process.stdout), window
        )
        self.send(first)

    def _leave(self) -> None:
        """End the process at once if it still runs."""
        if self.process.poll() is None:
            # One that has said its last is about to end by itself.
            try:
                self.process.wait(timeout=1.0 if self._said_last else 0)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._log.close()


class Worker(Child):
    """A training process. `messages` yields what it says until it has said its last."""

    def __init__(
        self,
        settings: Settings,
        out: Path,
        *,
        resume: bool = False,
        paused: bool = False,
        nice: int = 0,
        quiz: int = 0,
    ) -> None:
        self._saved: int | None = None
        start = Start(settings.as_json(), str(out), resume=resume, paused=paused, quiz=quiz)
        super().__init__(start, nice)

    def stop(self, seconds: float = 10.0) -> Message | None:
        """Let it save and end, or kill it when that takes too long; its last message if it came."""
        self.send(Stop())
        until = time.monotonic() + seconds
        last: Message | None = None
        while not self.ended and time.monotonic() < until:
            last = self.receive(timeout=max(0.0, until - time.monotonic())) or last
        self.close()
        return last if isinstance(last, Finished | Failed) else None

    def _note(self, message: Message) -> None:
        super()._note(message)
        if isinstance(message, Saved):
            self._saved = message.step

    def _epitaph(self) -> LabError:
        """Of a process that ended without a word: what killed it, and what is left."""
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = 0
        fields: dict[str, str] = {}
        where = "" if self._at is None else f" at about step {self._at}"
        way_on = (
            "no checkpoint had been written yet"
            if self._saved is None
            else f"the checkpoint of step {self._saved} is kept, go on from it with --resume"
        )
        if code == -signal.SIGKILL:
            cause = (
                "was killed (by the system when memory runs out, or by somebody): "
                "if it was memory, a smaller batch, context or width needs less"
            )
            key = "killed"
        elif code < 0:
            name = _signal_name(-code)
            cause = f"died of {name}, which is a fault of PyTorch or of a driver"
            key, fields = "died", {"signal": name}
        else:
            words = self._last_words()
            cause = f"ended with code {code}{words}"
            key, fields = "ended", {"code": f"{code}", "words": words}
        return LabError(f"the training process {cause}{where}; {way_on}.", key, **fields)

    def _last_words(self) -> str:
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, self._log.tell() - 4096))
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return f" ({lines[-1].strip()})" if lines else ""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def check_torch() -> None:
    """LabError if PyTorch is not installed; asked of the finder, nothing is imported."""
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise LabError(
            "PyTorch is not installed, and the lab needs it: `pip install torch`.",
            "not_installed",
            name="PyTorch",
            package="torch",
        )

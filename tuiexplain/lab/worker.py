"""The interface's side of a training process: start it, talk to it, and say how it ended.

Imports no torch: that is what the other process is for.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import tuiexplain
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.observing.sights import Seen
from tuiexplain.lab.observing.window import Window
from tuiexplain.lab.protocol import (
    Answer,
    Ask,
    Command,
    Failed,
    Finished,
    Message,
    Reader,
    Saved,
    Start,
    Stepped,
    Stop,
    encode,
)
from tuiexplain.lab.settings import Settings

ANSWERS_WITHIN, OPENS_WITHIN = 30.0, 300.0
"""Seconds to wait for an answer (an evaluation may be under way), and for a step to be recorded."""

_LOADER = """
import sys
sys.path.append(sys.argv.pop())
from tuiexplain.lab.child import main
main()
"""


class Worker:
    """A training process. `messages` yields what it says until it has said its last.

    Start it from a thread that lives as long as the program (see `lifeline`). Its `fileno` can be
    watched by an event loop, and `receive(timeout=0)` called when there is something to read.
    """

    def __init__(
        self,
        settings: Settings,
        out: Path,
        *,
        resume: bool = False,
        paused: bool = False,
        nice: int = 0,
    ) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self.window: Window | None = Window.new()
        root = str(Path(tuiexplain.__file__).resolve().parent.parent)
        shared = self.window.descriptor
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
        self._commands, self._from = self.process.stdin, self.process.stdout
        os.set_blocking(self._from.fileno(), False)
        self._reader = Reader()
        self._asked = 0
        self._answers: dict[int, Answer] = {}
        self._waiting: deque[Message] = deque()
        self._step: int | None = None
        self._saved: int | None = None
        self.ended = False
        """Whether the last message, `Finished` or `Failed`, has been received."""
        self.send(Start(settings.as_json(), str(out), resume=resume, paused=paused))

    def send(self, command: Command) -> None:
        """Give a command; one to a process that has ended is dropped: its last message tells."""
        with contextlib.suppress(BrokenPipeError, ValueError):
            self._commands.write(encode(command))
            self._commands.flush()

    def seen(self, slot: int) -> Seen | None:
        """What the `slot`-th thing that is watched showed last; None before it was looked at."""
        content = None if self.window is None else self.window.get(slot)
        return None if content is None else Seen.unpack(content)

    def fileno(self) -> int:
        """Readable when a message has come or the process has ended."""
        return self._from.fileno()

    def receive(self, timeout: float | None = None) -> Message | None:
        """The next message; None after `timeout` seconds, or after the last message."""
        until = None if timeout is None else time.monotonic() + timeout
        while not self._waiting and not self.ended:
            rest = None if until is None else max(0.0, until - time.monotonic())
            ready, _, _ = select.select([self._from], [], [], rest)
            if not ready:
                return None
            self._read()
        if not self._waiting:
            return None
        message = self._waiting.popleft()
        self._last = message
        self.ended = self.ended or isinstance(message, Finished | Failed)
        return message

    def messages(self) -> Iterator[Message]:
        """Every message up to the last, `Finished` or `Failed`."""
        while (message := self.receive()) is not None:
            yield message

    def ask(self, what: str, seconds: float = ANSWERS_WITHIN, **about: Any) -> Answer:
        """Ask about the open step, and wait. LabError if there is no answer.

        What else is said meanwhile waits for `receive`.
        """
        self._asked += 1
        self.send(Ask(self._asked, what, about))
        until = time.monotonic() + seconds
        while self._asked not in self._answers:
            if self.ended or self._said_last:
                raise LabError(self.last_words)
            ready, _, _ = select.select([self._from], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise LabError(
                    f"the training process has not answered for {seconds:g} s: "
                    "wait until it is less busy, or leave the step."
                )
            self._read()
        answer = self._answers.pop(self._asked)
        if "error" in answer.about:
            raise LabError(answer.about["error"])
        return answer

    def wait_for(self, kind: type[Message], seconds: float = OPENS_WITHIN) -> Message | None:
        """The next message of ``kind``; what else is said stays for `receive`. None if none comes."""
        until = time.monotonic() + seconds
        while not self.ended:
            for message in self._waiting:
                if isinstance(message, kind):
                    self._waiting.remove(message)
                    return message
            ready, _, _ = select.select([self._from], [], [], max(0.0, until - time.monotonic()))
            if not ready or self._said_last:
                return None
            self._read()
        return None

    @property
    def last_words(self) -> str:
        """Of a process that has ended: why."""
        told = next((m for m in self._waiting if isinstance(m, Failed)), None) or self._last
        return told.sentence if isinstance(told, Failed) else "the training process has ended."

    def stop(self, seconds: float = 10.0) -> Message | None:
        """Let it save and end, or kill it when that takes too long; its last message if it came."""
        self.send(Stop())
        until = time.monotonic() + seconds
        last: Message | None = None
        while not self.ended and time.monotonic() < until:
            last = self.receive(timeout=max(0.0, until - time.monotonic())) or last
        self.close()
        return last if isinstance(last, Finished | Failed) else None

    def close(self) -> None:
        """End the process at once if it still runs, and free what it held here."""
        self.ended = True
        if self.process.poll() is None:
            # One that has said its last is about to end by itself.
            try:
                self.process.wait(timeout=1.0 if self._said_last else 0)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for stream in (self._commands, self._from, self._log):
            with contextlib.suppress(BrokenPipeError):
                stream.close()
        if self.window is not None:
            self.window.close()
            self.window = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    _said_last = False
    _last: Message | None = None

    def _read(self) -> None:
        content = self._from.read()
        if content is None:
            return
        if content:
            for message in self._reader.feed(content):
                self._take(message)
        elif not self._said_last:
            self._take(Failed(self._epitaph(), step=self._step))

    def _take(self, message: Command | Message) -> None:
        assert isinstance(message, Message)
        if isinstance(message, Answer):
            if message.number == self._asked:  # else nobody waits for it any more
                self._answers[message.number] = message
            return
        if isinstance(message, Stepped):
            self._step = message.step
        if isinstance(message, Saved):
            self._saved = message.step
        self._said_last = self._said_last or isinstance(message, Finished | Failed)
        self._waiting.append(message)

    def _epitaph(self) -> str:
        """Of a process that ended without a word: what killed it, and what is left."""
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = 0
        where = "" if self._step is None else f" at about step {self._step}"
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
        elif code < 0:
            cause = f"died of {_signal_name(-code)}, which is a fault of PyTorch or of a driver"
        else:
            cause = f"ended with code {code}{self._last_words()}"
        return f"the training process {cause}{where}; {way_on}."

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
        raise LabError("PyTorch is not installed, and the lab needs it: `pip install torch`.")

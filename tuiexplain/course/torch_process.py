"""PyTorch in a process of its own, for the check of a lesson: one for all that is asked of it."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import tempfile
import time
from typing import Any

from tuiexplain.course.errors import CourseError

PATIENCE = 120.0
"""Seconds that an answer may take."""


class TorchProcess:
    """Started early, because PyTorch takes a second to load; asked later, as often as need be."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._heard = b""

    def start(self) -> None:
        """Begin to load PyTorch, where that has not begun."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tuiexplain.lab.checking"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
            )

    def ask(self, what: str, task: Any) -> Any:
        """The answer to one task; CourseError if there is none in time, or none at all."""
        self.start()
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"what": what, "task": task}).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise CourseError(self._last_words()) from None
        return json.loads(self._line())

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
        self._log.close()

    def _line(self) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        until = time.monotonic() + PATIENCE
        while b"\n" not in self._heard:
            left = max(0.0, until - time.monotonic())
            if not select.select([self._process.stdout], [], [], left)[0]:
                raise CourseError(f"PyTorch took over {PATIENCE:.0f} s: make it smaller.")
            piece = self._process.stdout.read1()  # type: ignore[attr-defined]
            if not piece:
                raise CourseError(self._last_words())
            self._heard += piece
        line, _, self._heard = self._heard.partition(b"\n")
        return line

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return f"PyTorch did not run: {(lines or ['no message'])[-1]}"

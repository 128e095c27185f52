"""A program in a pseudo-terminal of its own, every byte that it sends kept with its time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]


class Terminal:
    """256 colours, as over SSH: ``TERM=xterm-256color``, no ``COLORTERM``; queries unanswered.

    Each program starts in a home of its own: no progress, no configuration.
    """

    def __init__(self, arguments: Sequence[str], size: tuple[int, int] = (80, 24)) -> None:
        self.home = TemporaryDirectory(prefix="tuiexplain-bench-")
        self.chunks: list[tuple[float, bytes]] = []
        environ = {
            **{key: os.environ[key] for key in ("PATH", "HOME", "PYTHONPATH") if key in os.environ},
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "TUIEXPLAIN_HOME": self.home.name,
        }
        command = [sys.executable, *arguments]
        columns, rows = size
        window = struct.pack("HHHH", rows, columns, 0, 0)
        self.started = perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, window)
            os.chdir(ROOT)
            os.execve(command[0], command, environ)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        os.close(self.fd)
        self.home.cleanup()

    # -- reading ---------------------------------------------------------------------------------

    def read(self, seconds: float) -> bytes:
        """The next bytes; none if the program sends nothing for ``seconds``."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        try:
            new = os.read(self.fd, 65536)
        except OSError:  # the program has ended
            return b""
        self.chunks.append((perf_counter(), new))
        return new

    def until(self, what: str, seconds: float = 30) -> None:
        """Read on until ``what`` was sent."""
        wanted, end, seen = what.encode(), perf_counter() + seconds, b""
        while wanted not in seen:
            seen += self.read(end - perf_counter())
            if perf_counter() >= end:
                raise AssertionError(f"waited in vain for {what!r}: {seen[-2000:]!r}")

    def until_quiet(self, seconds: float) -> tuple[float, int]:
        """Read until nothing comes for ``seconds``: the time of the last byte, how many came."""
        last, count = 0.0, 0
        while new := self.read(seconds):
            last = self.chunks[-1][0]
            count += len(new)
        return last, count

    def for_seconds(self, seconds: float) -> int:
        """Read for so long: how many bytes came."""
        end, count = perf_counter() + seconds, 0
        while (left := end - perf_counter()) > 0:
            count += len(self.read(left))
        return count

    # -- keys ------------------------------------------------------------------------------------

    def press(self, key: str, quiet: float = 0.06) -> tuple[float, int]:
        """Press a key: seconds until the last byte of the repaint, and its bytes."""
        pressed = perf_counter()
        os.write(self.fd, key.encode())
        last, count = self.until_quiet(quiet)
        return max(0.0, last - pressed), count

    def send(self, key: str) -> float:
        """Press a key and do not wait: the time at which it was pressed."""
        os.write(self.fd, key.encode())
        return perf_counter()

    # -- the process -----------------------------------------------------------------------------

    def memory(self) -> dict[str, float]:
        """Megabytes of the process: ``Rss`` (all of its pages) and ``Pss`` (shared ones shared)."""
        text = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        lines = (line.split() for line in text.splitlines()[1:])
        return {words[0].rstrip(":"): int(words[1]) / 1024 for words in lines}

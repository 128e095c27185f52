"""A program in a pseudo-terminal, its bytes kept and read back through pyte."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pexpect
import pyte

ROOT = Path(__file__).resolve().parents[2]

_PRIVATE_MODE = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
_SGR = re.compile(rb"\x1b\[([\d;:]*)m")
_COLOURS = {*range(30, 50), *range(90, 108)}

ALTERNATE_SCREEN, CURSOR, PASTE, FOCUS = 1049, 25, 2004, 1004
MOUSE = (1000, 1002, 1003, 1006, 1015, 1016)


class Session:
    """A process on a terminal of its own."""

    def __init__(
        self,
        arguments: list[str],
        *,
        size: tuple[int, int] = (80, 24),
        environ: Mapping[str, str] | None = None,
        program: str = sys.executable,
    ) -> None:
        columns, rows = size
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.process = pexpect.spawn(
            program,
            arguments,
            dimensions=(rows, columns),
            cwd=str(ROOT),
            env=clean_environment() | dict(environ or {}),
            timeout=30,
        )
        self.settings = termios.tcgetattr(self.process.child_fd)

    def read(self, seconds: float = 0.05) -> bytes:
        """What the program has sent meanwhile."""
        until = time.monotonic() + seconds
        new = b""
        while (left := until - time.monotonic()) > 0:
            try:
                new += self.process.read_nonblocking(65536, timeout=left)
            except (pexpect.TIMEOUT, pexpect.EOF):
                break
        self.raw += new
        # pyte does not know the keyboard protocol (CSI > u) and would print it.
        self._stream.feed(re.sub(rb"\x1b\[[<>][\d;]*u", b"", new))
        return new

    def text(self) -> str:
        """The screen as lines."""
        return "\n".join(self.screen.display)

    def wait_for(self, what: str | Callable[[], bool], seconds: float = 20) -> None:
        """Read on until the screen shows a text, or something is true."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.read()
            if (what in self.text()) if isinstance(what, str) else what():
                return
        raise AssertionError(f"waited in vain for {what!r}; the screen:\n{self.text()}")

    def wait_for_exit(self, seconds: float = 20) -> int:
        """The exit code; negative for a signal that killed the process."""
        until = time.monotonic() + seconds
        while self.process.isalive():
            self.read()
            if time.monotonic() > until:
                raise AssertionError(f"did not end; the screen:\n{self.text()}")
        self.read(0.3)
        if self.process.signalstatus is not None:
            return -self.process.signalstatus
        assert self.process.exitstatus is not None
        return self.process.exitstatus

    def hang_up(self) -> None:
        """Make the terminal vanish under the program."""
        self.process.ptyproc.fileobj.close()
        self.process.ptyproc.closed = self.process.closed = True

    def end(self) -> None:
        """Leave nothing running."""
        if self.process.closed:
            return
        with contextlib.suppress(OSError):
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.close(force=True)

    def mode(self, number: int) -> bool:
        """Whether a private mode is on after all that was sent."""
        state = False
        for numbers, letter in _PRIVATE_MODE.findall(self.raw):
            if str(number).encode() in numbers.split(b";"):
                state = letter == b"h"
        return state

    def colours(self) -> list[bytes]:
        """Every colour sequence that was sent."""
        return [each for each in _SGR.findall(self.raw) if _is_colour(each)]

    def assert_given_back(self) -> None:
        """The normal screen, the cursor, no mouse, no paste mode, and the line settings."""
        assert b"\x1b[?1049h" in self.raw, "the application never started"
        on = [n for n in (ALTERNATE_SCREEN, PASTE, FOCUS, *MOUSE) if self.mode(n)]
        assert on == [], f"still on: {on}"
        assert self.mode(CURSOR), "the cursor is hidden"
        assert self.raw.count(b"\x1b[>") <= self.raw.count(b"\x1b[<u"), "keyboard protocol on"
        assert termios.tcgetattr(self.process.child_fd)[:4] == self.settings[:4]


def _is_colour(sequence: bytes) -> bool:
    numbers = [int(n) for n in re.split(rb"[;:]", sequence) if n]
    return any(n in _COLOURS for n in numbers)


def clean_environment() -> dict[str, str]:
    """A UTF-8 session at a 256-colour terminal, whatever the tests are run from."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return kept | {"TERM": "xterm-256color", "LANG": "C.UTF-8"}

"""A lesson's program gets so much time and memory, and no more: a loop without end ends here."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

SECONDS = 20.0
"""Seconds that one call into a lesson's program may take."""

BYTES = 4 << 30
"""Bytes of address space that one call may ask for."""


class TooLongError(Exception):
    """The program took longer than it may."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"it runs for more than {seconds:g} s")


class Bounds:
    """Time and memory for calls into lessons; calls inside a call share the bounds of the outer."""

    def __init__(self, seconds: float = SECONDS, memory: int = BYTES) -> None:
        self.seconds, self.memory = seconds, memory
        self._inside = False

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Raise :class:`TooLongError` or :class:`MemoryError` in the body that breaks them.

        The time is kept by a signal, which reaches the main thread only, and Python code only:
        a single call into NumPy is waited for.
        """
        if self._inside or threading.current_thread() is not threading.main_thread():
            yield
            return
        self._inside = True
        try:
            with _memory(self.memory), _time(self.seconds):
                yield
        finally:
            self._inside = False


@contextlib.contextmanager
def _time(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise TooLongError(seconds)

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _memory(more: int) -> Iterator[None]:
    used = _address_space()
    if used is None:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = used + more
    if soft != resource.RLIM_INFINITY:
        bound = min(bound, soft)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int | None:
    """Bytes of address space in use; ``None`` where the system does not tell or does not bound."""
    if not sys.platform.startswith("linux"):
        return None
    import resource

    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pages * resource.getpagesize()


bounds = Bounds()
"""The bounds of this process."""

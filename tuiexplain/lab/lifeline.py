"""A process that ends when the one that started it does, however that one ended."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Ask the system for SIGKILL when the parent ends (Linux; elsewhere the pipe alone tells).

    The reader of the commands' pipe ends this process as well when the other end closes. The
    system's own signal is for when Python cannot run: the interpreter's lock held by a kernel
    that hangs. It is sent when the *thread* that started this process ends: start a worker from
    a thread that lives as long as the interface.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the signal was asked for
        os._exit(1)

"""The interface's side: a sentence goes to the process that has torch, its numbers come back."""

from __future__ import annotations

import atexit
import io
import json
import os
import select
import subprocess
import sys
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

import tuiexplain
from tuiexplain.lab.bert.package import model_folder
from tuiexplain.lab.errors import LabError

WITHIN = 60.0
"""Seconds for an answer: the first waits for torch to start."""
MOST_REMEMBERED = 8
_LOADER = """
import sys
sys.path.append(sys.argv.pop())
from tuiexplain.lab.bert.child import main
main()
"""


@lru_cache(MOST_REMEMBERED)
def read(text: str, most: int) -> dict[str, np.ndarray]:
    """What `Encoder.read` gives for a text of at most ``most`` pieces. LabError says why not."""
    folder = model_folder()
    global _process
    if _process is None or _process.poll() is not None:
        _process = _start()
    try:
        return _ask(_process, {"text": text, "most": most, "folder": str(folder)})
    except LabError:
        raise
    except (OSError, ValueError) as error:
        _end()
        raise LabError(
            f"the process that reads with BERT has ended ({error}): try again."
        ) from None


_process: subprocess.Popen[bytes] | None = None


def _start() -> subprocess.Popen[bytes]:
    root = str(Path(tuiexplain.__file__).resolve().parent.parent)
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _LOADER, str(os.getpid()), root],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )


def _ask(process: subprocess.Popen[bytes], about: dict[str, Any]) -> dict[str, np.ndarray]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(about).encode() + b"\n")
    until = time.monotonic() + WITHIN
    received = b""
    while b"\n" not in received:
        received += _more(process, until)
    line, _, content = received.partition(b"\n")
    told = json.loads(line)
    if fault := told["fault"]:
        raise LabError(fault["sentence"], fault["key"], **fault["fields"])
    parts = [content]
    missing = told["bytes"] - len(content)
    while missing > 0:
        parts.append(_more(process, until))
        missing -= len(parts[-1])
    with np.load(io.BytesIO(b"".join(parts)), allow_pickle=False) as arrays:
        return dict(arrays)


def _more(process: subprocess.Popen[bytes], until: float) -> bytes:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
    piece = os.read(process.stdout.fileno(), 1 << 20) if ready else b""
    if not piece:
        raise OSError("no answer" if not ready else "it closed its end")
    return piece


def _end() -> None:
    global _process
    if _process is not None:
        _process.kill()
        _process.wait()
        for stream in (_process.stdin, _process.stdout):
            if stream is not None:
                stream.close()
    _process = None


atexit.register(_end)

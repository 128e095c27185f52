"""A socket on this machine that only the same user can open: for watching what another process does.

Sockets lie in one folder of the user's (mode 0700), each named after what it belongs to and its
process; one whose process has ended is taken away when it is come across.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import struct
import sys
import tempfile
from pathlib import Path

from tuiexplain.lab.errors import LabError

_LONGEST = 100
"""Bytes of a socket's path: systems allow 104 or 108."""


def folder() -> Path:
    """The folder of the user's sockets, made if need be; :class:`LabError` if it is not safe."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    user = os.getuid()
    base = Path(runtime) if runtime and Path(runtime).is_dir() else Path(tempfile.gettempdir())
    path = base / f"tuiexplain-{user}"
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LabError(f"{path}: {reason}; set XDG_RUNTIME_DIR to a folder of yours.") from None
    private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    if found.st_uid != user or not private:
        raise LabError(f"{path} is open to others; remove it, or set XDG_RUNTIME_DIR.")
    return path


def listen(kind: str) -> tuple[socket.socket, Path]:
    """A socket of this process, listening, and where it lies. Remove the file at the end."""
    path = folder() / f"{kind}-{os.getpid()}"
    if len(os.fsencode(path)) >= _LONGEST:
        raise LabError(f"{path} is too long for a socket; set XDG_RUNTIME_DIR to a shorter one.")
    # Found under its name only once it listens: one that does not is taken for a dead one's.
    unheard = path.with_name(f".{kind}-{os.getpid()}")
    unheard.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(str(unheard))
    finally:
        os.umask(before)
    listening.listen(8)
    unheard.replace(path)
    return listening, path


def connect(path: Path) -> socket.socket | None:
    """A connection to the process that listens at ``path``; ``None`` if there is none any more."""
    connecting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connecting.connect(str(path))
    except OSError:
        connecting.close()
        with contextlib.suppress(OSError):
            path.unlink()
        return None
    return connecting


def waiting(kind: str) -> list[Path]:
    """The sockets of this kind, the newest first."""
    found = [(path.lstat().st_mtime, path) for path in folder().glob(f"{kind}-*")]
    return [path for _, path in sorted(found, reverse=True)]


def is_same_user(connection: socket.socket) -> bool:
    """Whether the process at the other end is the user's own.

    Linux tells; elsewhere the folder's permissions alone keep others out.
    """
    if not sys.platform.startswith("linux"):
        return True
    credentials = connection.getsockopt(
        socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
    )
    _, user, _ = struct.unpack("3i", credentials)
    return bool(user == os.getuid())

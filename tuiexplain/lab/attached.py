"""Watching a run that another process owns: the watcher's end. Imports no torch."""

from __future__ import annotations

import contextlib
import json
import math
import os
import socket
from pathlib import Path
from typing import Any, BinaryIO, cast

from tuiexplain.lab import local_socket
from tuiexplain.lab.conversation import Conversation
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.observing.window import Window
from tuiexplain.lab.protocol import Evaluated, Failed, Message, Reader, Start
from tuiexplain.lab.record import METRICS
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.watched import KIND

_PATIENCE = 10.0
"""Seconds for a run to greet a watcher: it may be printing."""


class OtherVersion(LabError):  # noqa: N818 - not a slip of the user's
    """A run whose settings this version does not know."""


class Attached(Conversation):
    """The watcher's end: what `Worker` is to the process that started the run."""

    def __init__(self, connection: socket.socket) -> None:
        reader = Reader()
        start, rest, descriptor = _greeted(connection, reader)
        try:
            self.settings = Settings.from_json(start.settings)
        except LabError:
            os.close(descriptor)
            connection.close()
            raise OtherVersion(
                f"the run in {start.out} is of another version of tuiexplain: watch it with that.",
                "other_version",
                folder=start.out,
            ) from None
        connection.setblocking(False)
        self._connection = connection
        super().__init__(
            cast(BinaryIO, os.fdopen(os.dup(connection.fileno()), "wb", buffering=0)),
            cast(BinaryIO, os.fdopen(os.dup(connection.fileno()), "rb", buffering=0)),
            Window(descriptor),
        )
        self._reader = reader  # which may hold the beginning of a record
        self.out = Path(start.out)
        for message in rest:
            self._take(message)

    def _leave(self) -> None:
        """The run goes on."""
        self._connection.close()

    def _epitaph(self) -> LabError:
        return LabError(
            "the process that trained has ended; the run's checkpoints are kept.", "run_ended"
        )


def attach(folder: Path | None = None) -> Attached:
    """A connection to the run in ``folder``, or to the one that was started last.

    LabError where there is none, or where somebody watches it already.
    """
    foreign: OtherVersion | None = None
    for path in local_socket.waiting(KIND):
        connection = local_socket.connect(path)
        if connection is None:
            continue
        if not local_socket.is_same_user(connection):
            connection.close()
            continue
        try:
            attached = Attached(connection)
        except OtherVersion as error:
            foreign = foreign or error
            continue
        if folder is None or attached.out.resolve() == folder.expanduser().resolve():
            return attached
        attached.close()
    if foreign is not None:
        raise foreign
    if folder is not None:
        raise LabError(
            f"no run in {folder} is training now: start one with `tuiexplain train MODEL`.",
            "no_run_there",
            folder=str(folder),
        )
    raise LabError(
        "no run is training now: start one with `tuiexplain train MODEL`.",
        "no_run",
    )


def past(out: Path) -> list[Evaluated]:
    """The evaluations that a run has written down so far; a line that is being written is left."""
    try:
        lines = (out / METRICS).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        with contextlib.suppress(ValueError, TypeError, KeyError):
            told: dict[str, Any] = json.loads(line)
            for name in ("loss", "val_loss"):  # JSON has no word for a number that is not finite
                told[name] = math.nan if told[name] is None else told[name]
            found.append(Evaluated(**told))
    return found


def _greeted(connection: socket.socket, reader: Reader) -> tuple[Start, list[Message], int]:
    """The first things that a run says to a watcher, and its window; LabError if it says no."""
    connection.settimeout(_PATIENCE)
    try:
        content, descriptors, _, _ = socket.recv_fds(connection, 1 << 16, 1)
        records = reader.feed(content)
        while content and not records:
            content = connection.recv(1 << 16)
            records = reader.feed(content)
    except (OSError, ValueError):
        records, descriptors = [], []
    match records:
        case [Start() as start, *rest] if descriptors:
            return start, cast(list[Message], rest), descriptors[0]
    for descriptor in descriptors:
        os.close(descriptor)
    connection.close()
    for record in records:
        if isinstance(record, Failed):
            raise LabError(record.sentence, record.key, **record.fields)
    raise LabError(
        "the run does not answer: try again, or look at its own terminal.", "no_greeting"
    )

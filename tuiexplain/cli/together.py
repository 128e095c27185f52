"""`tuiexplain train` as one of several processes, started by `torchrun`."""

from __future__ import annotations

import contextlib
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tuiexplain.cli import streams
from tuiexplain.cli.faults import BAD_USE, DONE, FAULTS_FOUND
from tuiexplain.cli.telling import why

if TYPE_CHECKING:
    from tuiexplain.cli.wording import Say
    from tuiexplain.lab.protocol import Message
    from tuiexplain.lab.settings import Settings
    from tuiexplain.lab.worker import Worker

NOTICED_WITHIN = 10.0
"""Seconds in which a training process notices that another is gone."""


class Ended(BaseException):
    """What started this process and others ends them all, because one of them has ended."""


def end_with_the_others() -> None:
    """Raise :class:`Ended` when torchrun ends the processes, instead of ending without a word."""
    signal.signal(signal.SIGTERM, _end)


def _end(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Ended


def say_why(worker: Worker, say: Say, language: str) -> int:
    """Say why it has ended, as the training process has noticed it."""
    from tuiexplain.lab.errors import LabError
    from tuiexplain.lab.protocol import Failed

    until = time.monotonic() + NOTICED_WITHIN
    with contextlib.suppress(LabError):
        while not worker.ended and time.monotonic() < until:
            message = worker.receive(timeout=until - time.monotonic())
            if isinstance(message, Failed):
                streams.say(why(message, language))
                return FAULTS_FOUND
    streams.say(say("run_others_gone"))
    return FAULTS_FOUND


def take_part(settings: Settings, out: Path, *, resume: bool) -> int:
    """Be one of the processes that follow: what there is to say, the one that leads says."""
    from tuiexplain.lab.protocol import Failed, Finished
    from tuiexplain.lab.worker import Worker

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that leads ends the run in order
    message: Message | None = None
    try:
        with Worker(settings, out, resume=resume) as worker:
            for message in worker.messages():
                if isinstance(message, Failed) and message.bad_input:
                    return BAD_USE
    except Ended:
        return FAULTS_FOUND
    return DONE if isinstance(message, Finished) else FAULTS_FOUND

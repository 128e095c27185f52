"""`tuiexplain follow`: the teacher's notes on a second terminal, in step with the first."""

import argparse
import re
import socket
from typing import Any

from tuiexplain.cli import language, streams
from tuiexplain.cli.faults import DONE, BadUse
from tuiexplain.cli.wording import Say


def declare(commands: Any, say: Say) -> None:
    """Add `follow`."""
    parser = commands.add_parser(
        "follow",
        help=say("follow_help"),
        description=say("follow_about"),
    )
    parser.add_argument(
        "process",
        metavar="PROCESS",
        nargs="?",
        type=int,
        help=say("follow_process"),
    )
    language.declare(parser, say)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Follow until the lesson ends or the teacher leaves."""
    from tuiexplain.terminal.refusal import why_not_here

    words = language.chosen(arguments)
    connection = _connected(arguments.process, arguments.say)
    if why_not_here():
        return _printed(connection, words)
    from tuiexplain.course.config import read_config
    from tuiexplain.screens.follow import run_follow

    return run_follow(connection, words, read_config())


def _connected(process: int | None, say: Say) -> socket.socket:
    """A connection to the lesson that was asked for, or to the one that was started last."""
    from tuiexplain.lab import local_socket
    from tuiexplain.screens.beacon import KIND

    for path in local_socket.waiting(KIND):
        if process is None or path.name == f"{KIND}-{process}":
            connection = local_socket.connect(path)
            if connection is not None:
                return connection
    if process is not None:
        raise BadUse(say("follow_no_process", process=process))
    raise BadUse(say("follow_no_lesson"))


def _printed(connection: socket.socket, words: str) -> int:
    """The notes as plain text, a page at each move."""
    from tuiexplain.screens.follow import notes_in

    with connection, connection.makefile("rwb") as lines:
        lines.write(f"{words}\n".encode())
        lines.flush()
        for line in lines:
            notes = notes_in(line)
            page = [notes.title, notes.where]
            for heading, text in notes.sections:
                page += ["", heading, _plain(text)]
            streams.write("\n".join(page) + "\n")
    return DONE


def _plain(text: str) -> str:
    """Text without its marks."""
    return re.sub(r"\[\[[^|\]]*\|([^\]]*)\]\]", r"\1", text).replace("**", "").replace("`", "")

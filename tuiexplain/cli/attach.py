"""`tuiexplain attach`: a run of `tuiexplain train`, watched from another terminal."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuiexplain.cli import application, streams
from tuiexplain.cli.faults import DONE, FAULTS_FOUND, INTERRUPTED, BadUse
from tuiexplain.cli.telling import Progress, as_json, in_words, why
from tuiexplain.cli.wording import Say

if TYPE_CHECKING:
    from tuiexplain.course.session import Session


def declare(commands: Any, say: Say) -> None:
    """Add `attach`."""
    parser = commands.add_parser(
        "attach",
        help=say("attach_help"),
        description=say("attach_about"),
    )
    parser.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        type=Path,
        help=say("attach_folder"),
    )
    parser.add_argument("--json", action="store_true", help=say("attach_json"))
    parser.add_argument("--plain", action="store_true", help=say("attach_plain"))
    application.declare_options(parser, say)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show the run, where there is a screen; else print what it evaluates."""
    from tuiexplain.terminal.refusal import why_not_here

    if arguments.json or arguments.plain or why_not_here():
        return _print(arguments)
    from tuiexplain.lab.attached import attach
    from tuiexplain.lab.errors import LabError

    try:
        with attach(arguments.folder) as attached:

            def visit() -> Session:
                from tuiexplain.course.lab_visit import visit

                return visit(attached)

            return application.start(vars(arguments), visit=visit)
    except LabError as error:
        raise BadUse(why(error, arguments.language)) from None


def _print(arguments: argparse.Namespace) -> int:
    """Print what was evaluated, and what is, until the run ends or the watcher leaves."""
    from tuiexplain.lab import protocol
    from tuiexplain.lab.attached import attach, past
    from tuiexplain.lab.errors import LabError

    say: Say = arguments.say

    def show(evaluated: protocol.Evaluated) -> None:
        streams.write(
            json.dumps(as_json(evaluated)) if arguments.json else in_words(evaluated, say)
        )

    progress, message, shown = Progress(say), None, -1
    try:
        with attach(arguments.folder) as watched:
            streams.say(say("attach_run", run=watched.out))
            for evaluated in past(watched.out):
                show(evaluated)
                shown = evaluated.step
            for message in watched.messages():
                progress.clear()
                match message:
                    case protocol.Evaluated() if message.step > shown:
                        show(message)
                        shown = message.step
                    case protocol.Stepped():
                        progress.step(message)
                    case protocol.Stuck() | protocol.Failed():
                        streams.say(why(message, arguments.language))
    except LabError as error:
        raise BadUse(why(error, arguments.language)) from None
    except KeyboardInterrupt:
        progress.clear()
        streams.say(say("attach_left"))
        return INTERRUPTED
    well = isinstance(message, protocol.Finished) and message.done
    return DONE if well else FAULTS_FOUND

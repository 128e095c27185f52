"""`tuiexplain attach`: a run of `tuiexplain train`, watched from another terminal."""

import argparse
import json
from pathlib import Path
from typing import Any

from tuiexplain.cli import streams
from tuiexplain.cli.faults import DONE, FAULTS_FOUND, INTERRUPTED, BadUse
from tuiexplain.cli.train import Progress, line, words


def declare(commands: Any) -> None:
    """Add `attach`."""
    parser = commands.add_parser(
        "attach",
        help="watch a run of `tuiexplain train` from another terminal",
        description="Watch a run that `tuiexplain train` has started, of the same user on the "
        "same machine: its evaluations so far, and those to come. Leaving it (ctrl+c) leaves it "
        "running.",
    )
    parser.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        type=Path,
        help="the run's folder (default: the run that was started last)",
    )
    parser.add_argument("--json", action="store_true", help="JSON in place of words")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what was evaluated, and what is, until the run ends or the watcher leaves."""
    from tuiexplain.lab import protocol
    from tuiexplain.lab.attached import attach, past
    from tuiexplain.lab.errors import LabError

    def show(evaluated: protocol.Evaluated) -> None:
        streams.write(json.dumps(line(evaluated)) if arguments.json else words(evaluated))

    progress, message, shown = Progress(), None, -1
    try:
        with attach(arguments.folder) as watched:
            streams.say(f"the run in {watched.out}; ctrl+c leaves it running.")
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
                    case protocol.Stuck(_, sentence) | protocol.Failed(sentence):
                        streams.say(sentence)
    except LabError as error:
        raise BadUse(str(error)) from None
    except KeyboardInterrupt:
        progress.clear()
        streams.say("left; the run goes on.")
        return INTERRUPTED
    well = isinstance(message, protocol.Finished) and message.done
    return DONE if well else FAULTS_FOUND

"""`tuiexplain new LESSON`: the files of a lesson of one's own."""

import argparse
from pathlib import Path
from typing import Any

from tuiexplain.cli import streams
from tuiexplain.cli.faults import DONE
from tuiexplain.cli.wording import Say


def declare(commands: Any, say: Say) -> None:
    """Add `new`."""
    parser = commands.add_parser(
        "new",
        help=say("new_help"),
        description=say("new_about"),
        epilog=say("new_epilog"),
    )
    parser.add_argument("name", metavar="LESSON", help=say("new_name"))
    parser.add_argument(
        "--in",
        dest="into",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help=say("new_into"),
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the lesson and print where it lies; what one wrote oneself is trusted."""
    from tuiexplain.course.scaffold import new_lesson
    from tuiexplain.course.trust import trust

    folder = new_lesson(arguments.name, arguments.into)
    trust(folder)
    streams.write(str(folder))
    streams.say(f"`tuiexplain open {folder}` shows it and loads it again when you edit it;")
    streams.say(f"`tuiexplain check {folder}` says what is missing.")
    return DONE

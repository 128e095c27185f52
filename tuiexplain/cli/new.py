"""`tuiexplain new LESSON`: the files of a lesson of one's own."""

import argparse
from pathlib import Path
from typing import Any

from tuiexplain.cli import streams
from tuiexplain.cli.faults import DONE


def declare(commands: Any) -> None:
    """Add `new`."""
    parser = commands.add_parser(
        "new",
        help="the files of a lesson of your own, ready to be edited",
        description="Write the files of a lesson that works from the start, for you to edit. "
        "lessons/README.md of tuiexplain is the guide.",
        epilog="example: tuiexplain new my-lesson && tuiexplain open 29-my-lesson",
    )
    parser.add_argument("name", metavar="LESSON", help="its id: my-lesson, or 31-my-lesson")
    parser.add_argument(
        "--in",
        dest="into",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="where its folder shall lie (default: here)",
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

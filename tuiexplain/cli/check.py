"""`tuiexplain check [PATH ...]`: whether lessons are sound."""

import argparse
from pathlib import Path
from typing import Any

from tuiexplain.cli import streams
from tuiexplain.cli.faults import DONE, FAULTS_FOUND, BadUse
from tuiexplain.cli.wording import Say


def declare(commands: Any, say: Say) -> None:
    """Add `check`."""
    parser = commands.add_parser(
        "check",
        help=say("check_help"),
        description=say("check_about"),
    )
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help=say("check_paths"),
    )
    parser.add_argument("--trust", action="store_true", help=say("check_trust"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print each fault on a line of its own; 1 if there was one."""
    from tuiexplain.course.check import run_check
    from tuiexplain.course.trust import is_trusted, trust

    for path in arguments.paths:
        if not path.is_dir():
            raise BadUse(arguments.say("check_no_folder", path=path))
        if arguments.trust:
            trust(path)
        elif not is_trusted(path):
            raise BadUse(arguments.say("check_untrusted", path=path))
    report = run_check(arguments.paths)
    for fault in report.faults:
        streams.write(str(fault))
    for note in report.notes:
        streams.say(note)
    if report.faults:
        streams.say(f"faults: {len(report.faults)}; lessons checked: {report.checked}.")
        return FAULTS_FOUND
    streams.say(f"no faults; lessons checked: {report.checked}.")
    return DONE

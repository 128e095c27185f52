"""`tuiexplain check [PATH ...]`: whether lessons are sound."""

import argparse
from pathlib import Path
from typing import Any

from tuiexplain.cli import streams
from tuiexplain.cli.faults import DONE, FAULTS_FOUND, BadUse


def declare(commands: Any) -> None:
    """Add `check`."""
    parser = commands.add_parser(
        "check",
        help="check lessons: schema, prose, numbers, proofs",
        description="Check lessons: schema, prose in both languages, ground truth, gradients, "
        "twins, proofs and layout. A lesson's network is run: check only what you trust.",
    )
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help="a lesson's folder (default: every lesson of the course)",
    )
    parser.add_argument(
        "--trust", action="store_true", help="trust these folders, from now on, to run their code"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print each fault on a line of its own; 1 if there was one."""
    from tuiexplain.course.check import run_check
    from tuiexplain.course.trust import is_trusted, trust

    for path in arguments.paths:
        if not path.is_dir():
            raise BadUse(f"{path}: there is no such folder; name a lesson's folder.")
        if arguments.trust:
            trust(path)
        elif not is_trusted(path):
            raise BadUse(
                f"{path} is not part of the course, and checking a lesson runs its code: "
                "add --trust if you trust it."
            )
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

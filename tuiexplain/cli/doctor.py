"""`tuiexplain doctor`: what was found on this machine, and what follows from it."""

from __future__ import annotations

import argparse
import json
import shutil
from typing import TYPE_CHECKING, Any

from tuiexplain.cli import streams
from tuiexplain.cli.faults import DONE
from tuiexplain.cli.wording import Say
from tuiexplain.course.languages import tr
from tuiexplain.course.text import width, wrap

if TYPE_CHECKING:
    from tuiexplain.cli.findings import Finding

INDENT = 10
"""Columns that a topic has."""


def declare(commands: Any, say: Say) -> None:
    """Add `doctor`."""
    parser = commands.add_parser(
        "doctor",
        help=say("doctor_help"),
        description=say("doctor_about"),
    )
    parser.add_argument(
        "--devices",
        action="store_true",
        help=say("doctor_devices"),
    )
    parser.add_argument("--json", action="store_true", help=say("json"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the findings."""
    from tuiexplain.cli.findings import examine

    findings = examine(devices=arguments.devices, language=arguments.language)
    if arguments.json:
        report = {f.topic: {"found": f.found, "follows": f.follows, **f.data} for f in findings}
        streams.write(json.dumps(report, ensure_ascii=False, indent=1))
        return DONE
    for finding in findings:
        streams.write(_in_words(finding, arguments.language))
    return DONE


def _in_words(finding: Finding, language: str) -> str:
    """The topic, what was found, and what follows, folded to the terminal's width."""
    columns = max(shutil.get_terminal_size().columns - 1, 40)
    topic = tr(f"doctor.{finding.topic}", language)
    return "\n".join(
        [
            *_folded(topic + " " * (INDENT - width(topic)), finding.found, columns),
            *(" " * INDENT + line for line in finding.sample),
            *_folded(" " * INDENT + "-> ", finding.follows, columns),
        ]
    )


def _folded(head: str, text: str, columns: int) -> list[str]:
    """``text`` behind ``head``, its further lines under its first."""
    first, *rest = wrap(text, columns - width(head))
    return [head + first, *(" " * width(head) + line for line in rest)]

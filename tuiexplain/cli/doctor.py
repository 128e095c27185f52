"""`tuiexplain doctor`: what was found on this machine, and what follows from it."""

from __future__ import annotations

import argparse
import json
import shutil
import textwrap
from typing import TYPE_CHECKING, Any

from tuiexplain.cli import streams
from tuiexplain.cli.faults import DONE
from tuiexplain.cli.wording import Say

if TYPE_CHECKING:
    from tuiexplain.cli.findings import Finding


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

    findings = examine(devices=arguments.devices)
    if arguments.json:
        report = {f.topic: {"found": f.found, "follows": f.follows, **f.data} for f in findings}
        streams.write(json.dumps(report, ensure_ascii=False, indent=1))
        return DONE
    for finding in findings:
        streams.write(_in_words(finding))
    return DONE


def _in_words(finding: Finding) -> str:
    """The topic, what was found, and what follows, folded to the terminal's width."""
    width = max(shutil.get_terminal_size().columns - 1, 40)
    indent = " " * 10
    found = textwrap.fill(
        finding.found,
        width,
        initial_indent=f"{finding.topic:<10}",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    follows = textwrap.fill(
        finding.follows,
        width,
        initial_indent=f"{indent}-> ",
        subsequent_indent=f"{indent}   ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join([found, *(indent + line for line in finding.sample), follows])

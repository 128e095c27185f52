"""`tuiexplain doctor`: what was found on this machine, and what follows from it."""

import argparse
import json
from typing import Any

from tuiexplain.cli import streams
from tuiexplain.cli.faults import DONE


def declare(commands: Any) -> None:
    """Add `doctor`."""
    parser = commands.add_parser(
        "doctor",
        help="terminal, colours, glyphs, torch, devices: what was found and what follows",
        description="Look at the terminal, Python, PyTorch and the folders, and say what follows.",
    )
    parser.add_argument(
        "--devices",
        action="store_true",
        help="ask PyTorch for its devices as well (takes seconds: PyTorch is started for it)",
    )
    parser.add_argument("--json", action="store_true", help="JSON in place of words")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the findings."""
    from tuiexplain.cli.findings import examine

    findings = examine(devices=arguments.devices)
    if arguments.json:
        report = {f.topic: {"found": f.found, "follows": f.follows, **f.data} for f in findings}
        streams.write(json.dumps(report, ensure_ascii=False, indent=1))
        return DONE
    width = max(len(finding.topic) for finding in findings)
    for finding in findings:
        streams.write(f"{finding.topic:<{width}}  {finding.found}")
        streams.write(f"{'':<{width}}  -> {finding.follows}")
    return DONE

"""`tuiexplain show LESSON`: a training step in words or JSON, no terminal needed."""

import argparse
from typing import Any

from tuiexplain.cli import language, streams
from tuiexplain.cli.faults import DONE
from tuiexplain.cli.types import setting, whole_number


def declare(commands: Any) -> None:
    """Add `show`."""
    parser = commands.add_parser(
        "show",
        help="one training step of a lesson's network, in words or JSON",
        description="One training step of a lesson's network, up to an event, in words or "
        "JSON. Every cell can be asked why.",
        epilog="example: tuiexplain show backpropagation --why 'W1.grad[0,1]'",
    )
    parser.add_argument("lesson", metavar="LESSON", help="an id or a number")
    parser.add_argument(
        "--part", metavar="NAME", help="a part of the lesson (default: the lesson's own choice)"
    )
    parser.add_argument(
        "--step", type=whole_number, default=0, metavar="N", help="the training step, from 0"
    )
    parser.add_argument(
        "--at", type=whole_number, metavar="N", help="no further than event N of the step"
    )
    parser.add_argument("--why", metavar="CELL", help="where this number comes from: W1.grad[0,1]")
    parser.add_argument(
        "--set",
        type=setting,
        action="append",
        default=[],
        metavar="DIAL=VALUE",
        help="turn one of the part's dials: lr=0.1 (may be given again)",
    )
    language.declare(parser)
    parser.add_argument("--json", action="store_true", help="JSON in place of words")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what was asked of the step."""
    from tuiexplain.course.show import ShowOptions, run_show

    options = ShowOptions(
        lesson=arguments.lesson,
        part=arguments.part,
        step=arguments.step,
        at=arguments.at,
        why=arguments.why,
        settings=dict(arguments.set),
        language=language.chosen(arguments),
        as_json=arguments.json,
    )
    streams.write(run_show(options))
    return DONE

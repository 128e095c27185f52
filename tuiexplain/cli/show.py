"""`tuiexplain show LESSON`: a training step in words or JSON, no terminal needed."""

import argparse
from typing import Any

from tuiexplain.cli import language, streams
from tuiexplain.cli.faults import DONE
from tuiexplain.cli.types import declare_settings, whole_number
from tuiexplain.cli.wording import Say


def declare(commands: Any, say: Say) -> None:
    """Add `show`."""
    parser = commands.add_parser(
        "show",
        help=say("show_help"),
        description=say("show_about"),
        epilog=say("show_epilog"),
    )
    parser.add_argument("lesson", metavar="LESSON", help=say("lesson"))
    parser.add_argument("--part", metavar="NAME", help=say("show_part"))
    parser.add_argument(
        "--step", type=whole_number(say), default=0, metavar="N", help=say("show_step")
    )
    parser.add_argument("--at", type=whole_number(say), metavar="N", help=say("show_at"))
    parser.add_argument("--why", metavar="CELL", help=say("show_why"))
    declare_settings(parser, say, "show_set", "DIAL")
    language.declare(parser, say)
    parser.add_argument("--json", action="store_true", help=say("json"))
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

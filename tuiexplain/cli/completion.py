"""`tuiexplain completion SHELL`: a script that completes commands, options and lessons."""

import argparse
from typing import Any

from tuiexplain.cli import streams
from tuiexplain.cli.faults import DONE
from tuiexplain.cli.wording import Say

SHELLS = ("bash", "zsh", "fish")


def declare(commands: Any, say: Say) -> None:
    """Add `completion`."""
    parser = commands.add_parser(
        "completion",
        help=say("completion_help"),
        description=say("completion_about"),
        epilog=say("completion_epilog"),
    )
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the script; it is static, so that pressing Tab starts no Python."""
    import shtab

    from tuiexplain.cli.arguments import parser

    top = parser(arguments.language)
    _offer_lessons(top)
    streams.write(shtab.complete(top, shell=arguments.shell))
    return DONE


def _offer_lessons(parser: argparse.ArgumentParser) -> None:
    """Let the shell know the lessons' ids; numbers and beginnings stay allowed, untold."""
    from tuiexplain.course.course import the_course

    ids = [entry.id for entry in the_course().lessons]
    for action in parser._actions:
        if action.dest == "lesson":
            action.choices = ids
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _offer_lessons(command)

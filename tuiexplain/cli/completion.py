"""`tuiexplain completion SHELL`: a script that completes commands, options and lessons."""

import argparse
from typing import Any

from tuiexplain.cli import streams
from tuiexplain.cli.faults import DONE

SHELLS = ("bash", "zsh", "fish")

_EPILOG = """\
bash:  tuiexplain completion bash > ~/.local/share/bash-completion/completions/tuiexplain
zsh:   tuiexplain completion zsh > a folder of your $fpath, as _tuiexplain
fish:  tuiexplain completion fish > ~/.config/fish/completions/tuiexplain.fish
"""


def declare(commands: Any) -> None:
    """Add `completion`."""
    parser = commands.add_parser(
        "completion",
        help="a completion script for bash, zsh or fish",
        description="Print a script that makes the shell complete tuiexplain's words.",
        epilog=_EPILOG,
    )
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the script; it is static, so that pressing Tab starts no Python."""
    import shtab

    from tuiexplain.cli.arguments import parser

    top = parser()
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

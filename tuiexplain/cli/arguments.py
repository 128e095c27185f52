"""The parser: every command, its options, and help for what was mistyped."""

import argparse
import difflib
from typing import Any, NoReturn

from tuiexplain import __version__
from tuiexplain.cli import (
    application,
    attach,
    check,
    completion,
    doctor,
    export,
    follow,
    lessons,
    new,
    show,
    train,
)
from tuiexplain.cli.faults import BadUse

_EPILOG = """\
Data goes to standard output, words to a person to standard error.
Exit codes: 0 done, 1 a check found faults or a run broke off, 2 bad use or bad input,
130 interrupted.
TUIEXPLAIN_HOME moves the folder of progress and configuration.
"""


class Parser(argparse.ArgumentParser):
    """argparse that answers a slip in one sentence and offers the nearest words."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **options)

    def error(self, message: str) -> NoReturn:
        raise BadUse(f"{message.rstrip('.')}; `{self.prog} --help` tells what can be asked.")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        near = difflib.get_close_matches(str(value), known, n=3, cutoff=0.5)
        if action.dest == "command":
            advice = " or ".join(f"`tuiexplain {name}`" for name in near)
            hint = f"did you mean {advice}?" if near else f"commands: {', '.join(known)}."
            raise BadUse(
                f"there is no command `{value}`; {hint} A lesson is opened by "
                "`tuiexplain open LESSON`."
            )
        name = "/".join(action.option_strings) or action.metavar or action.dest
        raise BadUse(f"{name}: `{value}` is not one of {', '.join(known)}.")


def parser() -> Parser:
    """The whole command line."""
    top = Parser(
        prog="tuiexplain",
        description="See inside a neural network: step forward and back through every "
        "operation, and ask any number why.\nWithout a command: the course map, and on "
        "from where you were.",
        epilog=_EPILOG,
    )
    top.add_argument("--version", action="version", version=f"tuiexplain {__version__}")
    application.declare_options(top)
    top.set_defaults(run=application.run)
    commands = top.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", parser_class=Parser
    )
    for module in (
        application,
        lessons,
        show,
        train,
        export,
        attach,
        check,
        new,
        follow,
        doctor,
        completion,
    ):
        module.declare(commands)
    return top

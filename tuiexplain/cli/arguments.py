"""The parser: every command, its options, and help for what was mistyped."""

import argparse
import difflib
from functools import partial
from typing import Any, NoReturn, cast

from tuiexplain import __version__
from tuiexplain.cli import (
    application,
    attach,
    chat,
    check,
    completion,
    doctor,
    export,
    follow,
    lessons,
    new,
    play,
    show,
    train,
)
from tuiexplain.cli.faults import BadUse
from tuiexplain.cli.wording import Formatter, Say, speak


class Parser(argparse.ArgumentParser):
    """argparse that answers a slip in one sentence and offers the nearest words."""

    def __init__(self, *args: Any, say: Say, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", Formatter)
        super().__init__(*args, **options)
        self.say = say

    def error(self, message: str) -> NoReturn:
        raise BadUse(self.say("error", message=message.rstrip("."), program=self.prog))

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        near = difflib.get_close_matches(str(value), known, n=3, cutoff=0.5)
        say = self.say
        if action.dest == "command":
            advice = say("or").join(f"`tuiexplain {name}`" for name in near)
            hint = (
                say("commands_near", near=advice)
                if near
                else say("commands_are", known=", ".join(known))
            )
            raise BadUse(say("no_command", word=value, hint=hint))
        name = "/".join(action.option_strings) or action.metavar or action.dest
        raise BadUse(say("not_one_of", name=name, word=value, known=", ".join(known)))


def parser(language: str = "en") -> Parser:
    """The whole command line, in one language."""
    say = speak(language)
    top = Parser(prog="tuiexplain", description=say("about"), epilog=say("epilog"), say=say)
    top.add_argument(
        "--version",
        action="version",
        version=f"tuiexplain {__version__}",
        help=say("version"),
    )
    application.declare_options(top, say)
    top.set_defaults(run=application.run, say=say, language=language)
    commands = top.add_subparsers(
        dest="command",
        metavar="COMMAND",
        title=say("commands"),
        parser_class=cast(type[Parser], partial(Parser, say=say)),
    )
    for module in (
        application,
        lessons,
        show,
        train,
        play,
        export,
        attach,
        chat,
        check,
        new,
        follow,
        doctor,
        completion,
    ):
        module.declare(commands, say)
    return top

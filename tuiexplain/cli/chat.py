"""`tuiexplain chat RUN`: talk with a trained model, token by token."""

from __future__ import annotations

import argparse
from typing import Any

from tuiexplain.cli import application
from tuiexplain.cli.faults import BadUse
from tuiexplain.cli.wording import Say


def declare(commands: Any, say: Say) -> None:
    """Add `chat`."""
    parser = commands.add_parser("chat", help=say("chat_help"), description=say("chat_about"))
    parser.add_argument("model", metavar="RUN", help=say("chat_run"))
    application.declare_options(parser, say)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Open the talk; what cannot be talked with is told before the screen is taken."""
    from tuiexplain.course.talk import model_of
    from tuiexplain.lab.errors import LabError

    try:
        model_of(arguments.model)
    except LabError as error:
        raise BadUse(str(error)) from None
    return application.start(vars(arguments), chat=arguments.model)

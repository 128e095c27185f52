"""`tuiexplain play`: the playground."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from tuiexplain.cli import application
from tuiexplain.cli.faults import BadUse
from tuiexplain.cli.types import setting
from tuiexplain.cli.wording import Say

if TYPE_CHECKING:
    from tuiexplain.play.design import Design


def declare(commands: Any, say: Say) -> None:
    """Add `play`."""
    parser = commands.add_parser(
        "play", help=say("play_help"), description=say("play_about"), epilog=say("play_epilog")
    )
    parser.add_argument("data", metavar="DATA", nargs="?", help=say("play_data"))
    parser.add_argument(
        "--set",
        type=setting(say),
        action="append",
        default=[],
        metavar="DIAL=VALUE",
        help=say("play_set"),
    )
    application.declare_options(parser, say)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Open the playground, unless the terminal or what was asked for forbids it."""
    application.one_thread()
    from tuiexplain.play.errors import PlayError
    from tuiexplain.play.wording import sentence

    try:
        design = _design(arguments.data, dict(arguments.set))
    except PlayError as error:
        raise BadUse(sentence(error, arguments.language)) from None
    return application.start(vars(arguments), play=design)


def _design(data: str | None, words: dict[str, str]) -> Design:
    """The design that is asked for; its data are read, so that a fault in them is told now."""
    from tuiexplain.play.design import Design
    from tuiexplain.play.sources import fitted

    if data is not None:
        words = {"data": data, **words}
    return fitted(Design().with_words(words))

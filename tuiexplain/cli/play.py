"""`tuiexplain play`: the playground."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from tuiexplain.cli import application
from tuiexplain.cli.faults import BadUse
from tuiexplain.cli.types import declare_settings
from tuiexplain.cli.wording import Say

if TYPE_CHECKING:
    from tuiexplain.play.design import Design
    from tuiexplain.play.sharing.text import Story


def declare(commands: Any, say: Say) -> None:
    """Add `play`."""
    parser = commands.add_parser(
        "play", help=say("play_help"), description=say("play_about"), epilog=say("play_epilog")
    )
    parser.add_argument("data", metavar="DATA", nargs="?", help=say("play_data"))
    declare_settings(parser, say, "play_set", "DIAL")
    parser.add_argument("--from", dest="text", metavar="TEXT", help=say("play_from"))
    application.declare_options(parser, say)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Open the playground, unless the terminal or what was asked for forbids it."""
    application.one_thread()
    from tuiexplain.play.errors import PlayError
    from tuiexplain.play.wording import sentence

    try:
        wanted = _wanted(arguments)
    except PlayError as error:
        raise BadUse(sentence(error, arguments.language)) from None
    return application.start(vars(arguments), play=wanted)


def _wanted(arguments: argparse.Namespace) -> Design | Story:
    """What is to be played with: a run that somebody shared, or a design."""
    from tuiexplain.play.errors import PlayError
    from tuiexplain.play.sharing.text import read

    if arguments.text is None:
        return _design(arguments.data, dict(arguments.set))
    if arguments.data is not None or arguments.set:
        raise PlayError("The text of a run has all its dials.", "share_alone")
    return read(arguments.text)


def _design(data: str | None, words: dict[str, str]) -> Design:
    """The design that is asked for; its data are read, so that a fault in them is told now."""
    from tuiexplain.play.design import Design
    from tuiexplain.play.sources import fitted

    if data is not None:
        words = {"data": data, **words}
    return fitted(Design().with_words(words))

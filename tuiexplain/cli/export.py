"""`tuiexplain export LESSON`: what was learnt in a lesson, as Markdown."""

import argparse
from pathlib import Path
from typing import Any

from tuiexplain.cli import language, streams
from tuiexplain.cli.faults import DONE
from tuiexplain.cli.wording import Say


def declare(commands: Any, say: Say) -> None:
    """Add `export`."""
    parser = commands.add_parser(
        "export",
        help=say("export_help"),
        description=say("export_about"),
    )
    parser.add_argument("lesson", metavar="LESSON", help=say("lesson"))
    parser.add_argument("-o", "--output", metavar="FILE", help=say("export_output"))
    language.declare(parser, say)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print or write the account."""
    from tuiexplain.course.learnt import learnt
    from tuiexplain.course.loading import open_lesson
    from tuiexplain.course.progress import Progress

    words = language.chosen(arguments)
    lesson = open_lesson(arguments.lesson, words)
    with Progress(create=False) as progress:
        text = learnt(lesson, progress, words)
    if progress.notice is not None:
        streams.say(progress.notice.sentence(words))
    if arguments.output is None:
        streams.write(text.rstrip("\n"))
    else:
        Path(arguments.output).write_text(text, encoding="utf-8")
    return DONE

"""`tuiexplain` and `tuiexplain open LESSON`: the application."""

import argparse
import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tuiexplain.cli.faults import BadUse
from tuiexplain.cli.language import LANGUAGES
from tuiexplain.cli.wording import Say
from tuiexplain.terminal.colour import WORDS


def declare(commands: Any, say: Say) -> None:
    """Add `open`."""
    parser = commands.add_parser(
        "open",
        help=say("open_help"),
        description=say("open_about"),
    )
    parser.add_argument("lesson", metavar="LESSON")
    parser.add_argument("--part", metavar="NAME", help=say("part"))
    parser.add_argument("--trust", action="store_true", help=say("trust_lesson"))
    parser.add_argument("--watch", action="store_true", help=say("watch"))
    declare_options(parser, say)
    parser.set_defaults(run=run)


def declare_options(parser: argparse.ArgumentParser, say: Say) -> None:
    """Add what holds for every start of the application.

    No defaults: the options stand before and after `open`, and a default of
    the second place would undo what was said in the first.
    """
    group = parser.add_argument_group(say("application"), argument_default=argparse.SUPPRESS)
    group.add_argument("--lang", choices=LANGUAGES, help=say("lang"))
    group.add_argument("--theme", metavar="NAME", help=say("theme"))
    group.add_argument("--colour", "--color", choices=tuple(WORDS), help=say("colour"))
    group.add_argument("--ascii", action="store_true", help=say("ascii"))
    group.add_argument("--no-mouse", action="store_true", help=say("no_mouse"))
    group.add_argument("--no-animation", action="store_true", help=say("no_animation"))
    group.add_argument("--config", type=Path, metavar="FILE", help=say("config"))


def run(arguments: argparse.Namespace) -> int:
    """Start the application, unless the terminal or the lesson's name forbids it."""
    asked = vars(arguments)
    lesson = asked.get("lesson")
    if lesson is not None:
        lesson = _named(lesson, trusted=asked["trust"])
    return start(asked, lesson)


def start(
    asked: dict[str, Any],
    lesson: str | None = None,
    visit: Callable[[], Any] | None = None,
    play: Any = None,
    chat: str | None = None,
) -> int:
    """Start the application with what was asked for.

    In place of a lesson, ``visit`` opens a run, ``play`` is a design for the playground, and
    ``chat`` names a model to talk with.
    """
    from tuiexplain.course.languages import tr
    from tuiexplain.terminal.locale import Glyphs, detect_glyphs
    from tuiexplain.terminal.refusal import why_not_here

    if reason := why_not_here():
        raise BadUse(tr(f"refusal.{reason.key}", asked["language"], **reason.fields))
    if asked.get("lang") == "zh" and (
        asked.get("ascii") or detect_glyphs(os.environ) is Glyphs.ASCII
    ):
        raise BadUse(asked["say"]("needs_unicode"))

    # What is imported stays. Looking through it for garbage again and again takes longer than the
    # first screen; the application looks again once that is drawn.
    gc.disable()
    one_thread()

    from tuiexplain.screens.app import run_app
    from tuiexplain.terminal.options import AppOptions

    return run_app(
        AppOptions(
            lesson=lesson,
            part=asked.get("part"),
            language=asked.get("lang"),
            theme=asked.get("theme"),
            mouse=False if asked.get("no_mouse") else None,
            ascii=asked.get("ascii"),
            colour=WORDS[asked["colour"]] if "colour" in asked else None,
            animation=False if asked.get("no_animation") else None,
            config=asked.get("config"),
            watch=asked.get("watch", False),
            visit=visit,
            play=play,
            chat=chat,
        )
    )


def one_thread() -> None:
    """Before NumPy is imported: the networks on the screen are small, and BLAS's threads take longer
    to start than they ever save.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _named(word: str, *, trusted: bool) -> str:
    """The id of the lesson that ``word`` names, or the path of its folder."""
    from tuiexplain.course.course import the_course
    from tuiexplain.course.loading import named_folder, open_folder
    from tuiexplain.course.trust import trust

    folder = named_folder(word)
    if folder is None:
        return the_course().find(word).id
    open_folder(folder, trusted=trusted)  # a fault in it is told before the screen is taken
    if trusted:
        trust(folder)
    return str(folder.resolve())

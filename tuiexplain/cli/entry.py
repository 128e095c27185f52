"""From arguments to an exit code: one sentence for every error, never a traceback."""

import os
import sys
from collections.abc import Sequence

from tuiexplain.cli import streams
from tuiexplain.cli.faults import BAD_USE, DONE, INTERRUPTED, BadUse


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code is one of those in `faults`."""
    # Lessons' matrices are small: more threads would only make NumPy start more slowly (by 40 ms)
    # and sum in an order that depends on the machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    streams.prepare()
    words = sys.argv[1:] if argv is None else argv
    try:
        return _run(words)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) has what it wanted.
        streams.forget(sys.stdout)
        return DONE
    except BadUse as error:
        streams.say(str(error))
        return BAD_USE
    except Exception as error:
        if os.environ.get("TUIEXPLAIN_DEBUG"):
            raise
        streams.say(_sentence(error, words))
        if isinstance(error, OSError):
            streams.forget(sys.stdout)
        return BAD_USE


def _run(words: Sequence[str]) -> int:
    from tuiexplain.cli.arguments import parser
    from tuiexplain.cli.wording import language_of

    arguments = parser(language_of(words)).parse_args(words)
    code: int = arguments.run(arguments)
    if sys.stdout is not None:
        sys.stdout.flush()
    return code


def _sentence(error: Exception, words: Sequence[str]) -> str:
    """What went wrong, in one sentence.

    Errors of the floors below that derive from ValueError carry such a
    sentence; their classes are asked for only now, and only if loaded: an
    error of a module that was never imported cannot have been raised.
    """
    from tuiexplain.cli.wording import language_of
    from tuiexplain.course.errors import AskedError
    from tuiexplain.course.languages import tr

    language = language_of(words)
    if isinstance(error, AskedError):
        return error.sentence(language)
    for module, name in (
        ("tuiexplain.course.errors", "CourseError"),
        ("tuiexplain.trace.errors", "TraceError"),
    ):
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            return str(error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return tr("error.system", language, where=where, reason=error.strerror.lower())
    return tr("error.own_fault", language, what=f"{type(error).__name__}: {error}")

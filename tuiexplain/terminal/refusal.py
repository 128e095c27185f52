"""Whether the application can start here at all, in one plain sentence if not."""

import os
from collections.abc import Mapping

_INSTEAD = "`tuiexplain show LESSON` tells a lesson in words and needs no terminal."


def why_not(
    environ: Mapping[str, str], *, input_is_tty: bool, output_is_tty: bool, errors_is_tty: bool
) -> str | None:
    """The reason why the application cannot draw here, with the remedy; None when it can.

    Textual draws on standard error and reads standard input, and would do so
    to a file or a pipe as well. All three must be a terminal: with only
    standard output turned away, the user meant to get words, not pictures.
    """
    for name, is_tty in (
        ("standard input", input_is_tty),
        ("standard output", output_is_tty),
        ("standard error", errors_is_tty),
    ):
        if not is_tty:
            return f"the application needs a terminal, and {name} is not one; {_INSTEAD}"
    term = environ.get("TERM", "").strip()
    if term.lower() in {"", "dumb", "unknown"}:
        said = f"TERM is `{term}`" if term else "TERM is not set"
        return (
            f"{said}, so this terminal cannot place text on the screen; {_INSTEAD} "
            "If it can, set TERM (xterm-256color suits most)."
        )
    return None


def why_not_here(environ: Mapping[str, str] = os.environ) -> str | None:
    """`why_not` of this process."""
    return why_not(
        environ,
        input_is_tty=is_tty(0),
        output_is_tty=is_tty(1),
        errors_is_tty=is_tty(2),
    )


def is_tty(descriptor: int) -> bool:
    """Whether a stream of this process is a terminal; a closed one is not."""
    try:
        return os.isatty(descriptor)
    except OSError:
        return False

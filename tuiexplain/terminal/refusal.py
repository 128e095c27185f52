"""Whether the application can start here at all, and if not, why."""

import os
from collections.abc import Mapping
from typing import NamedTuple


class Refusal(NamedTuple):
    """Why it cannot: the key of the sentence that tells it with the remedy, and its fields."""

    key: str
    fields: Mapping[str, str] = {}


def why_not(
    environ: Mapping[str, str], *, input_is_tty: bool, output_is_tty: bool, errors_is_tty: bool
) -> Refusal | None:
    """The reason why the application cannot draw here; None when it can.

    Textual draws on standard error and reads standard input, and would do so
    to a file or a pipe as well. All three must be a terminal: with only
    standard output turned away, the user meant to get words, not pictures.
    """
    streams = {"input": input_is_tty, "output": output_is_tty, "errors": errors_is_tty}
    for key, is_tty in streams.items():
        if not is_tty:
            return Refusal(key)
    term = environ.get("TERM", "").strip()
    if term.lower() in {"", "dumb", "unknown"}:
        return Refusal("term", {"term": term}) if term else Refusal("no_term")
    return None


def why_not_here(environ: Mapping[str, str] = os.environ) -> Refusal | None:
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

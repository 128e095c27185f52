"""The exit codes, and the one error that the command line raises itself."""

DONE = 0
FAULTS_FOUND = 1
BAD_USE = 2
INTERRUPTED = 130


class BadUse(Exception):  # noqa: N818 - it is the user's slip, named after the exit code
    """Bad use or bad input; its message is one sentence: what, where, remedy."""

"""The command line: arguments to entry points.

Each command is a module with `declare` (its arguments) and `run` (what it
does); nothing heavy is imported before `run` needs it.
"""

from tuiexplain.cli.entry import main

__all__ = ["main"]

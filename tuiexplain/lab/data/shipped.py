"""The data that comes with the program, and which of it a model learns from by default."""

from __future__ import annotations

from pathlib import Path

import tuiexplain
from tuiexplain.lab.errors import LabError

PLAYS, POEMS, DIGITS = "plays.txt", "ci.txt", "digits.csv.gz"
TASKS, FACTS, PAIRS = "instructions.jsonl", "facts.jsonl", "preferences.jsonl"


def shipped(name: str) -> Path:
    """A file of ``lessons/data``: inside the package in a wheel, beside it in a clone."""
    package = Path(tuiexplain.__file__).resolve().parent
    for folder in (package / "lessons", package.parent / "lessons"):
        if (folder / "data" / name).is_file():
            return folder / "data" / name
    raise LabError(f"{name} is missing from the installation: install tuiexplain again.")

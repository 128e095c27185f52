"""Where the course lies. Imports nothing heavy: listing the lessons needs no more."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import tuiexplain
from tuiexplain.course.errors import CourseError


@cache
def lessons_root() -> Path:
    """The folder of the course: in the package (a wheel) or beside it (an editable install)."""
    package = Path(tuiexplain.__file__).resolve().parent
    for folder in (package / "lessons", package.parent / "lessons"):
        if (folder / "course.toml").is_file():
            return folder
    raise CourseError(
        f"The lessons are missing: neither {package / 'lessons'} nor {package.parent / 'lessons'} "
        "has a course.toml; install tuiexplain again."
    )

"""Folders whose lessons may run: a lesson is a program, and only the course's own is trusted."""

from __future__ import annotations

from pathlib import Path

from tuiexplain.course.errors import CourseError
from tuiexplain.course.folders import lessons_root
from tuiexplain.course.places import state_folder

_FILE = "trusted-folders"


def is_trusted(folder: Path) -> bool:
    """Whether ``folder`` lies in the course, or in a folder that the user said they trust."""
    folder = folder.resolve()
    return any(folder.is_relative_to(root) for root in (lessons_root().resolve(), *_named()))


def trust(folder: Path) -> None:
    """Keep in mind that the user trusts ``folder`` and what lies in it."""
    folder = folder.resolve()
    if is_trusted(folder):
        return
    file = state_folder() / _FILE
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as lines:
            lines.write(f"{folder}\n")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CourseError(f"{file}: {reason}; free space or permissions there.") from None


def _named() -> list[Path]:
    try:
        text = (state_folder() / _FILE).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return []
    return [Path(line) for line in text.splitlines() if line]

"""``tuiexplain check``: whether a lesson's files are sound and what it claims is true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tuiexplain.course.check.lesson import check_lesson
from tuiexplain.course.errors import CourseError, LessonFault
from tuiexplain.course.folders import lessons_root

__all__ = ["Report", "check_lesson", "run_check"]


@dataclass
class Report:
    """What was found. ``notes`` says what could not be checked here, and why."""

    faults: list[LessonFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    checked: int = 0


def run_check(paths: Sequence[Path] = ()) -> Report:
    """Check the lessons in these folders, or every lesson of the course. Runs their programs.

    A folder of lessons stands for all of them. Raises :class:`CourseError` for a path that is none.
    """
    report = Report()
    folders = [folder for path in paths or (lessons_root(),) for folder in lessons_in(path)]
    for folder in dict.fromkeys(folders):
        faults, notes = check_lesson(shown(folder))
        report.faults += sorted(faults, key=lambda f: (f.file, f.line))
        report.notes += notes
        report.checked += 1
    return report


def lessons_in(path: Path) -> list[Path]:
    """The lesson's folder that ``path`` is or lies in, or the lessons in it."""
    folder = path.parent if path.is_file() else path
    if not folder.is_dir():
        raise CourseError(f"{path} is not there: name a lesson's folder.")
    inside = sorted(p.parent for p in folder.glob("*/lesson.toml"))
    if inside or (folder / "course.toml").is_file():
        return inside
    return [folder]


def shown(folder: Path) -> Path:
    """``folder`` as a report names it: from here, if it lies below here."""
    folder = folder.resolve()
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder

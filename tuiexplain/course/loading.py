"""Finding lessons and opening them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import tuiexplain
from tuiexplain.course.errors import CourseError
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.structure import read_structure


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


def open_folder(folder: Path, *, trusted: bool = False) -> Lesson:
    """The lesson in ``folder``; the first fault of its structure is raised.

    A lesson's network is a program: one outside the course is opened only if ``trusted``.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise CourseError(f"{folder} is not a folder: name a lesson's folder.")
    if not trusted and not folder.is_relative_to(lessons_root().resolve()):
        raise CourseError(
            f"{folder} is not part of the course, and a lesson runs code: say that you trust it."
        )
    spec, faults = read_structure(folder / "lesson.toml")
    if faults:
        raise faults[0]
    assert spec is not None
    return Lesson(spec, folder)


def open_lesson(word: str, language: str = "en") -> Lesson:
    """The lesson with this id, number, or beginning of an id.

    Raises :class:`CourseError` for one that is unknown or still planned.
    """
    from tuiexplain.course.course import the_course

    entry = the_course().find(word)
    folder = entry.folder
    if folder is None:
        from tuiexplain.course.languages import tr

        message = tr("error.lesson_planned", language, number=entry.number, title=entry.title(language))
        raise CourseError(message)
    return open_folder(folder)

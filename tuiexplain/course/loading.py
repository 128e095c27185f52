"""Finding lessons and opening them."""

from __future__ import annotations

from pathlib import Path

from tuiexplain.course.errors import CourseError
from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.structure import read_structure


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

        message = tr(
            "error.lesson_planned", language, number=entry.number, title=entry.title(language)
        )
        raise CourseError(message)
    return open_folder(folder)

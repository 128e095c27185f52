"""Finding lessons and opening them."""

from __future__ import annotations

import os
from pathlib import Path

from tuiexplain.course.errors import AskedError
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.structure import read_structure
from tuiexplain.course.trust import is_trusted


def open_folder(folder: Path, *, trusted: bool = False) -> Lesson:
    """The lesson in ``folder``; the first fault of its structure is raised.

    A lesson's network is a program: one outside the course is opened only if ``trusted``, or in a
    folder that the user trusts.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise AskedError("no_folder", folder=folder)
    if not trusted and not is_trusted(folder):
        raise AskedError("untrusted", folder=folder)
    spec, faults = read_structure(folder / "lesson.toml")
    if faults:
        raise faults[0]
    assert spec is not None
    return Lesson(spec, folder)


def named_folder(word: str) -> Path | None:
    """The folder that ``word`` names, if it is no lesson's name but a path to one."""
    looks = os.sep in word or (os.altsep or os.sep) in word or word in (".", "..")
    if looks or (Path(word) / "lesson.toml").is_file():
        return Path(word).expanduser()
    return None


def open_lesson(word: str, language: str = "en") -> Lesson:
    """The lesson with this id, number, or beginning of an id; or in this folder.

    Raises :class:`CourseError` for one that is unknown, still planned, or not trusted.
    """
    folder = named_folder(word)
    if folder is not None:
        return open_folder(folder)
    from tuiexplain.course.course import the_course

    entry = the_course().find(word)
    if entry.folder is None:
        title = entry.title(language)
        raise AskedError("lesson_planned", number=entry.number, title=title)
    return open_folder(entry.folder)

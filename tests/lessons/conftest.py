"""The lessons of the course, as the application opens them."""

from __future__ import annotations

import pytest

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_folder

FOLDERS = sorted(path.parent for path in lessons_root().glob("*/lesson.toml"))


def lesson(number: int) -> Lesson:
    """The lesson with this number."""
    (folder,) = (f for f in FOLDERS if f.name.startswith(f"{number:02d}-"))
    return open_folder(folder)


@pytest.fixture(scope="session", params=FOLDERS, ids=lambda folder: folder.name)
def any_lesson(request: pytest.FixtureRequest) -> Lesson:
    """Each lesson in its turn."""
    return open_folder(request.param)


@pytest.fixture(scope="session")
def lesson_02() -> Lesson:
    return lesson(2)


@pytest.fixture(scope="session")
def lesson_06() -> Lesson:
    return lesson(6)

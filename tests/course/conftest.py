"""The tiny lesson as fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course import tiny
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lesson without a fault."""
    return tiny.write(tmp_path / "06-tiny")


@pytest.fixture
def lesson(folder: Path) -> Lesson:
    """The same, opened."""
    return open_folder(folder, trusted=True)

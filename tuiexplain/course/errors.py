"""What can be wrong with a lesson or with what was asked of one: one sentence for a person."""

from __future__ import annotations

from pathlib import Path


class CourseError(ValueError):
    """What was asked cannot be had; the message says what, where and the remedy."""


class LessonFault(CourseError):  # noqa: N818 - what a check finds and reports
    """A fault in a lesson's files: where it is, what it is, and what to do about it."""

    def __init__(self, file: Path | str, line: int, message: str, remedy: str) -> None:
        self.file, self.line, self.message, self.remedy = str(file), line, message, remedy
        super().__init__(f"{self.file}:{line}: {message} ({remedy})")

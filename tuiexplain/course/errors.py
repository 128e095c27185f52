"""What can be wrong with a lesson or with what was asked of one: one sentence for a person."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class CourseError(ValueError):
    """What was asked cannot be had; the message says what, where and the remedy."""


class Near:
    """A clause that offers the words nearest to one, or some that there are."""

    def __init__(self, word: str, known: Iterable[str]) -> None:
        from tuiexplain.trace.errors import near_words  # NumPy comes with it

        self.near, self.listed = near_words(word, known)

    def sentence(self, language: str) -> str:
        """The clause in one language."""
        from tuiexplain.course.languages import tr

        key, words = ("near", self.near) if self.near else ("known", self.listed)
        return tr(f"error.{key}", language, words=", ".join(words))


class AskedError(CourseError):
    """As its parent, of what people ask for most: told in their language, by ``error.KEY``."""

    def __init__(self, key: str, **fields: object) -> None:
        self.key, self.fields = key, fields
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """What, where and the remedy in one language."""
        from tuiexplain.course.languages import tr

        told = {
            name: field.sentence(language) if isinstance(field, Near) else field
            for name, field in self.fields.items()
        }
        return tr(f"error.{self.key}", language, **told)


class LessonFault(CourseError):  # noqa: N818 - what a check finds and reports
    """A fault in a lesson's files: where it is, what it is, and what to do about it."""

    def __init__(self, file: Path | str, line: int, message: str, remedy: str) -> None:
        self.file, self.line, self.message, self.remedy = str(file), line, message, remedy
        super().__init__(f"{self.file}:{line}: {message} ({remedy})")

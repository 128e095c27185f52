"""A lesson whose author edits it while it is open: seeing the edit, and coming back to the place."""

from __future__ import annotations

from pathlib import Path

from tuiexplain.course.loading import open_folder
from tuiexplain.course.session import Session


class Edits:
    """Notices that a lesson's files were saved."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen = self._stamps()

    def saved(self) -> bool:
        """Whether a file was written, added or removed since it was asked last."""
        before, self._seen = self._seen, self._stamps()
        return before != self._seen

    def _stamps(self) -> dict[str, tuple[int, int]]:
        stamps = {}
        for file in self.folder.iterdir() if self.folder.is_dir() else ():
            if file.suffix in (".toml", ".md", ".py"):
                try:
                    found = file.stat()
                except OSError:
                    continue  # an editor is just replacing it
                stamps[file.name] = (found.st_mtime_ns, found.st_size)
        return stamps


def loaded_again(session: Session) -> Session:
    """The same lesson from its files as they are now, at the same place, with the same answers.

    Raises :class:`~tuiexplain.course.errors.CourseError` for files that are at fault.
    """
    lesson = open_folder(session.lesson.folder, trusted=True)
    for language in ("en", "zh"):
        lesson.prose(language)
    again = Session(lesson)
    again.resume(session.standing())
    again.answers.update(session.answers)
    again.hints.update(session.hints)
    again.bench  # noqa: B018 - a fault of the program shows itself here
    return again

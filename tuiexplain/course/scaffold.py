"""``tuiexplain new``: a lesson that works from the start, for its author to make their own."""

from __future__ import annotations

import re
from pathlib import Path

from tuiexplain.course.check.translations import refresh
from tuiexplain.course.course import the_course
from tuiexplain.course.errors import CourseError
from tuiexplain.course.folders import lessons_root

_TEMPLATES = Path(__file__).parent / "scaffolding"

_NAME = re.compile(r"(?:(?P<number>\d{1,3})-)?(?P<id>[a-z][a-z0-9-]*)")


def new_lesson(name: str, into: Path) -> Path:
    """Write the files of a lesson called ``name`` (``my-lesson`` or ``31-my-lesson``).

    They stand in a folder of their own below ``into``; it is returned. Raises
    :class:`CourseError` for a name that is none or taken, and where nothing can be written.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise CourseError(
            f"'{name}' is no name for a lesson: use lower-case letters, digits and -, "
            "as in my-lesson or 31-my-lesson."
        )
    alike = [*into.glob(f"*-{found['id']}"), *lessons_root().glob(f"*-{found['id']}")]
    if alike:
        raise CourseError(f"{alike[0]} is called so already: choose another name.")
    number = int(found["number"] or _next_number(into))
    folder = into / f"{number:02d}-{found['id']}"
    try:
        folder.mkdir(parents=True)
        for template in sorted(_TEMPLATES.glob("*.in")):
            text = template.read_text(encoding="utf-8")
            for word, filling in _fillings(found["id"], number).items():
                text = text.replace(f"@{word}@", filling)
            (folder / template.stem).write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CourseError(f"{folder}: {reason}; name another folder with --in.") from None
    refresh(folder)
    return folder


def _fillings(identifier: str, number: int) -> dict[str, str]:
    title = identifier.replace("-", " ").capitalize()
    return {"ID": identifier, "NUMBER": str(number), "TITLE": title}


def _next_number(into: Path) -> int:
    """The first number that neither the course nor a lesson in the folder has."""
    taken = {entry.number for entry in the_course().lessons}
    for other in into.glob("*/lesson.toml"):
        begins = re.match(r"\d+", other.parent.name)
        if begins:
            taken.add(int(begins[0]))
    return max(taken) + 1

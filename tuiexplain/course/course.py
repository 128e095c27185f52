"""The course: its 28 lessons in order, complete or planned, and how to name one."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tuiexplain.course.errors import AskedError, CourseError
from tuiexplain.course.folders import lessons_root


class CoursePart(NamedTuple):
    """One of the four parts of the course."""

    id: str
    titles: Mapping[str, str]

    def title(self, language: str) -> str:
        """Its title in one language."""
        return self.titles.get(language) or self.titles["en"]


class Entry(NamedTuple):
    """A lesson in the course's list. ``folder`` is ``None`` while it is planned."""

    number: int
    id: str
    part: str
    status: str
    prereqs: tuple[str, ...]
    words: Mapping[str, Mapping[str, str]]
    folder: Path | None

    def title(self, language: str) -> str:
        """Its title in one language."""
        return self.words.get(language, self.words["en"])["title"]

    def question(self, language: str) -> str:
        """The question that it answers."""
        return self.words.get(language, self.words["en"])["question"]


class Course:
    """The course in a folder with a ``course.toml``."""

    def __init__(self, root: Path) -> None:
        file = root / "course.toml"
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise CourseError(
                f"{file} cannot be read: {error}; install tuiexplain again."
            ) from None
        self.root = root
        self.parts = tuple(
            CoursePart(p["id"], {"en": p["en"], "zh": p["zh"]}) for p in content["part"]
        )
        self.lessons = tuple(_entry(root, entry) for entry in content["lesson"])

    def of_part(self, part: CoursePart) -> tuple[Entry, ...]:
        """The lessons of one part."""
        return tuple(e for e in self.lessons if e.part == part.id)

    def find(self, word: str) -> Entry:
        """The lesson with this id, number (``6`` or ``06``) or unique beginning of an id.

        Raises :class:`CourseError` in one sentence that offers the nearest ids.
        """
        word = word.strip().lower()
        named = re.fullmatch(r"(\d+)-(.+)", word)
        for entry in self.lessons:
            if word == entry.id or (word.isdecimal() and int(word) == entry.number):
                return entry
            if named and named[2] == entry.id and int(named[1]) == entry.number:
                return entry
        begins = [e for e in self.lessons if word and e.id.startswith(word)]
        if len(begins) == 1:
            return begins[0]
        if begins:
            names = ", ".join(e.id for e in begins)
            raise AskedError("lesson_begins", word=word, names=names)
        if word.isdecimal():
            last = self.lessons[-1].number
            raise AskedError("lesson_number", word=word, last=last)
        near = self.nearest(word)
        if near:
            raise AskedError("lesson_near", word=word, near=", ".join(near))
        raise AskedError("lesson_unknown", word=word)

    def nearest(self, word: str) -> list[str]:
        """Up to three ids like ``word``, in their letters or in their titles."""
        near = difflib.get_close_matches(word, [e.id for e in self.lessons], n=3, cutoff=0.6)
        inside = [
            e.id
            for e in self.lessons
            if word and (word in e.id or any(word in e.title(k).lower() for k in e.words))
        ]
        return list(dict.fromkeys([*inside, *near]))[:3]


@cache
def the_course() -> Course:
    """The course that was installed with the package."""
    return Course(lessons_root())


def _entry(root: Path, content: dict[str, Any]) -> Entry:
    folder = root / f"{content['number']:02d}-{content['id']}"
    return Entry(
        number=content["number"],
        id=content["id"],
        part=content["part"],
        status=content["status"],
        prereqs=tuple(content["prereqs"]),
        words={language: content[language] for language in ("en", "zh")},
        folder=folder if content["status"] == "complete" else None,
    )

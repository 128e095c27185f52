"""The course's index: every part, step and question of every lesson, and where terms are taught.

Made from the lessons' files alone: no network is run for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tuiexplain.course.course import Course, Entry, the_course
from tuiexplain.course.errors import CourseError
from tuiexplain.course.glossary import Glossary, the_glossary
from tuiexplain.course.lesson import LANGUAGES, Lesson
from tuiexplain.course.loading import open_folder
from tuiexplain.course.markup import terms
from tuiexplain.course.prose import Block
from tuiexplain.course.schema import PartSpec


class Topic(NamedTuple):
    """A place in the course: a lesson (no block), or a part, a step or a question of it."""

    lesson: str
    number: int
    part: str
    block: str
    titles: tuple[str, ...]
    """By the position of the language in :data:`LANGUAGES`."""
    computed: str
    """The value, operation and phase that the step begins at."""
    terms: tuple[str, ...]
    """Ids of the glossary's terms that its words mark."""

    def title(self, language: str) -> str:
        """Its title in one language."""
        return self.titles[LANGUAGES.index(language)]


class Index:
    """Every topic of a course, in order; what cannot be read is left out (``check`` tells why)."""

    def __init__(self, course: Course, glossary: Glossary) -> None:
        self.topics: list[Topic] = []
        self._glossary = glossary
        for entry in course.lessons:
            if entry.folder is not None:
                self.topics += self._lesson(entry)

    def of_lesson(self, lesson: str) -> list[Topic]:
        """The topics of one lesson."""
        return [topic for topic in self.topics if topic.lesson == lesson]

    def taught(self, term: str) -> list[Topic]:
        """Where a term is explained: the places that mark it, the first of each lesson first."""
        found = [topic for topic in self.topics if term in topic.terms]
        first = list({topic.lesson: topic for topic in reversed(found)}.values())[::-1]
        return [*first, *(topic for topic in found if topic not in first)]

    def names(self, topic: Topic) -> str:
        """Everything that a topic is found by, in small letters."""
        words = [topic.lesson, *topic.titles, topic.computed]
        for name in topic.terms:
            term = self._glossary.find(name)
            words += term.names() if term else ()
        return " ".join(words).lower()

    def _lesson(self, entry: Entry) -> Iterator[Topic]:
        assert entry.folder is not None
        try:
            lesson = open_folder(entry.folder)
            titles = tuple(entry.title(language) for language in LANGUAGES)
            yield Topic(entry.id, entry.number, "", "", titles, "", ())
            for part in lesson.spec.parts:
                yield from self._part(lesson, part)
        except CourseError:
            return

    def _part(self, lesson: Lesson, part: PartSpec) -> Iterator[Topic]:
        yield self._topic(lesson, part, part.id, "")
        asked = {prediction.before: prediction for prediction in part.predictions}
        for step in part.steps:
            if step.id in asked:
                yield self._topic(lesson, part, asked[step.id].id, "")
            at = step.at
            told = (at.output, at.op, at.phase, at.module) if at else ()
            yield self._topic(lesson, part, step.id, " ".join(filter(None, told)))

    def _topic(self, lesson: Lesson, part: PartSpec, block: str, computed: str) -> Topic:
        blocks = [lesson.block(block, language) for language in LANGUAGES]
        marked = {name: None for block in blocks for name in self._marked(block)}
        titles = tuple(block.title for block in blocks)
        return Topic(lesson.id, lesson.number, part.id, block, titles, computed, tuple(marked))

    def _marked(self, block: Block) -> Iterator[str]:
        for text in block.texts():
            for word in terms(text):
                if term := self._glossary.find(word):
                    yield term.id


@cache
def the_index() -> Index:
    """The index of the course that was installed with the package."""
    return Index(the_course(), the_glossary())

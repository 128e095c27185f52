"""The glossary on the screen: terms by any of their names, and where they are taught."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tuiexplain.course.course import the_course
from tuiexplain.course.glossary import Term, the_glossary
from tuiexplain.course.index import the_index
from tuiexplain.course.languages import tr
from tuiexplain.screens.finder import Entry, Finder
from tuiexplain.screens.outline import to_topic


class GlossaryScreen(Finder):
    """Every term; Enter on one shows where it is taught. The target is the term's id."""

    TITLE_KEY: ClassVar[str] = "screen.glossary_title"
    HINT_KEY: ClassVar[str] = "screen.glossary_hint"

    def __init__(self, term: str = "") -> None:
        super().__init__()
        self._begin = term

    def entries(self) -> Sequence[Entry]:
        """The terms, by their names in the learner's language."""
        language = self.app.language
        return [
            Entry(_names(t, language), t.id, " ".join(t.names()).lower(), self._told(t, language))
            for t in sorted(the_glossary().terms, key=lambda t: t.name(language).lower())
        ]

    def first(self, found: Sequence[Entry]) -> int:
        """The term that was asked for."""
        return next((i for i, entry in enumerate(found) if entry.target == self._begin), 0)

    @staticmethod
    def _told(term: Term, language: str) -> str:
        """The definition, and the lessons that teach the term."""
        lessons = dict.fromkeys(topic.number for topic in the_index().taught(term.id))
        told = term.definition(language)
        if lessons:
            numbers = tr("narrate.comma", language).join(f"{number:02d}" for number in lessons)
            told += "\n\n" + tr("screen.taught_in", language, lessons=numbers)
        return told


class Taught(Finder):
    """Where a term is taught. The target leads there, as an outline's does."""

    HINT_KEY: ClassVar[str] = "screen.taught_hint"
    EMPTY_KEY: ClassVar[str] = "screen.not_taught_yet"

    def __init__(self, term: Term) -> None:
        super().__init__()
        self.term = term

    def on_mount(self) -> None:
        """The term is the title."""
        super().on_mount()
        self.query_one(".sheet").border_title = _names(self.term, self.app.language)

    def entries(self) -> Sequence[Entry]:
        """The places, the first of each lesson first."""
        language = self.app.language
        titles = {entry.id: entry.title(language) for entry in the_course().lessons}
        index = the_index()
        return [
            Entry(
                f"{t.number:02d} {titles[t.lesson]} · {t.title(language)}",
                (t.lesson, to_topic(t)),
                index.names(t),
                self.term.definition(language),
            )
            for t in index.taught(self.term.id)
        ]


def _names(term: Term, language: str) -> str:
    """``梯度 · gradient``, the learner's language first."""
    name, other = term.name(language), term.name("en" if language == "zh" else "zh")
    return name if name == other else f"{name} · {other}"

"""The outline: every part, step and operation of the open lesson, and all of the course."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from tuiexplain.course.course import the_course
from tuiexplain.course.index import Topic, the_index
from tuiexplain.course.languages import tr
from tuiexplain.course.lesson import LANGUAGES
from tuiexplain.course.session import Session
from tuiexplain.screens.finder import Entry, Finder


class Outline(Finder):
    """Choose a place. The target takes a session of its lesson there: ``(lesson, go)``.

    In a lesson the others appear when something is searched for.
    """

    def __init__(self, session: Session | None = None) -> None:
        super().__init__()
        self.session = session
        self._here = 0

    def entries(self) -> Sequence[Entry]:
        """The open lesson, then the course."""
        language = self.app.language
        session = self.session
        if session is None:
            return list(of_the_course(language))
        found = list(of_the_lesson(session, language))
        bench = session.bench
        here = (session.at, bench.training_step, bench.player.position)
        before = [i for i, entry in enumerate(found) if entry.target[2] <= here]
        self._here = before[-1] if before else 0
        return [*found, *of_the_course(language, beside=session.lesson.id)]

    def first(self, found: Sequence[Entry]) -> int:
        """Where the learner is."""
        return self._here


def of_the_course(language: str, beside: str | None = None) -> Iterator[Entry]:
    """Every topic of every lesson but ``beside``; with one, listed only when searched for."""
    index = the_index()
    parts = {entry.id: entry for entry in the_course().lessons}
    for topic in index.topics:
        if topic.lesson == beside:
            continue
        title = topic.title(language)
        if not topic.block:
            text = f"{topic.number:02d} {title}"
        elif beside is not None:
            text = f"{topic.number:02d} {parts[topic.lesson].title(language)} · {title}"
        else:
            text = f"   {title}" if topic.block == topic.part else f"     {title}"
        yield Entry(text, (topic.lesson, to_topic(topic)), index.names(topic), "", bool(beside))


def to_topic(topic: Topic) -> Any:
    """What takes a session of the topic's lesson there (``None``: where the learner was)."""
    return partial(_to_block, topic.block) if topic.block else None


def _to_block(block: str, session: Session) -> None:
    session.go_to_block(block)


def _to_place(place: tuple[int, int, int], session: Session) -> None:
    session.go_to(*place)


def of_the_lesson(session: Session, language: str) -> Iterator[Entry]:
    """Every part with its steps and operations, and every training step that was taken.

    The third item of a target is part, training step and position.
    """
    lesson = session.lesson
    names = {topic.block: the_index().names(topic) for topic in the_index().of_lesson(lesson.id)}

    def entry(text: str, names: str, *place: int) -> Entry:
        part, training_step, position = place
        where = (part, training_step, position)
        return Entry(text, (lesson.id, partial(_to_place, where), where), names)

    for at, part in enumerate(lesson.parts):
        title = lesson.block(part.id, language).title
        yield entry(f"{at + 1}  {title}", names.get(part.id, ""), at, 0, 0)
        bench = session.bench_of(at)
        for training_step, trace in bench.at_hand().items():
            begins = {
                place.position: step.id
                for step, place in bench.walk.beginnings
                if place is not None and place.training_step == training_step
            }
            for event in trace.events:
                step = begins.get(event.index + 1, "")
                title = lesson.block(step, language).title if step else ""
                where = f"{at + 1}.{training_step}" if bench.learns else f"{at + 1}"
                text = f"  {where:>4} {event.index + 1:>3}  {trace.formula(event)}"
                if title:
                    text += f"   {title}"
                found_by = f"{names.get(step, '')} {event.op} {event.phase} {_phase(event.phase)}"
                yield entry(text, found_by, at, training_step, event.index + 1)
        taken = bench.run.length if bench.changeable else 0
        for training_step in _spread(part.spec.train_steps, taken):
            label = tr("screen.training_step", language, step=training_step)
            yield entry(f"  {label}", "", at, training_step, 0)


def _phase(phase: str) -> str:
    """The phase by its name in every language."""
    return " ".join(tr(f"phase.{phase}", language) for language in LANGUAGES)


def _spread(first: int, end: int) -> list[int]:
    """A few round training steps of a run, and its last."""
    found = [k * 10**p for p in range(1, 7) for k in (1, 2, 5) if first <= k * 10**p < end]
    return [*found, end - 1] if end > first and end - 1 not in found else found

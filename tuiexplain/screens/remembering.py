"""The learner's place and answers, kept as they go; and whoever follows them told where they are."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.timer import Timer

from tuiexplain.course.progress import Exploring, Progress
from tuiexplain.course.session import Session
from tuiexplain.screens.beacon import Beacon
from tuiexplain.terminal.guard import TerminalGuard

if TYPE_CHECKING:
    from tuiexplain.screens.teaching import Notes

SAVE_AFTER = 0.4
"""Seconds of rest after which the place is saved; leaving saves at once."""


class Remembering(TerminalGuard):
    """An application that knows where the learner is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.progress = Progress()
        self._session: Session | None = None
        self._exploring: Session | None = None
        """The copy of the lesson that the learner tries things out in, while they do."""
        self._unsaved: Timer | None = None
        self._moved_at = 0.0
        self._beacon = Beacon(self._notes)

    def _notes(self, language: str) -> Notes | None:
        """What a teacher is shown of where the learner is."""
        raise NotImplementedError

    def remember(self, session: Session) -> None:
        """Save the learner's place when they rest, and at once that a part is done."""
        if session.exploring:
            self._exploring = session
        else:
            self._session, self._exploring = session, None
            if session.part_done and session.kept:
                self.progress.finish(session.lesson.id, session.bench.part.id)
        self._moved_at = monotonic()
        if self._unsaved is None:
            self._unsaved = self.set_timer(SAVE_AFTER, self._save_at_rest)
        self._beacon.tell()

    def _save_at_rest(self) -> None:
        """Save the place, or look again later if the learner has not come to rest."""
        self._unsaved = None
        left = self._moved_at + SAVE_AFTER - monotonic()
        if left > 0:
            self._unsaved = self.set_timer(left, self._save_at_rest)
        else:
            self.save_progress()

    def save_progress(self) -> None:
        """Save the learner's place now."""
        session = self._session
        if session is None or not session.kept:
            return
        copy = self._exploring
        aside = None if copy is None else Exploring(copy.standing(), tuple(copy.edits()))
        self.progress.stand(session.standing(), aside)

    def _resume(self, session: Session) -> None:
        lesson = session.lesson.id
        place = self.progress.last_place(lesson)
        if place is not None:
            session.resume(place)
        for answer in self.progress.answers(lesson):
            session.recall(answer.prediction, answer.answer, bool(answer.right))
        for part in session.lesson.parts:
            for question in part.spec.predictions:
                session.hints[question.id] = self.progress.hints(lesson, part.id, question.id)

    def remember_answer(self, session: Session) -> None:
        """Save what was just answered; in a copy, answers do not count."""
        assert session.question is not None
        if session.exploring:
            return
        answer = session.answers[session.question.id]
        right = None if answer.given is None else answer.right
        part = session.bench.part.id
        self.progress.answer(session.lesson.id, part, session.question.id, answer.given, right)

    def remember_hint(self, session: Session, rung: int) -> None:
        """Save that a hint was looked at."""
        assert session.question is not None
        if session.exploring:
            return
        part = session.bench.part.id
        self.progress.use_hint(session.lesson.id, part, session.question.id, rung)

"""Stepping: forward and back, by the zoom, to the ends, by itself."""

from __future__ import annotations

from collections.abc import Callable

from tuiexplain.course.bench import Refused
from tuiexplain.course.errors import CourseError
from tuiexplain.course.practice import exercises
from tuiexplain.screens.lesson.panes import LessonPanes
from tuiexplain.trace.numbers import format_number
from tuiexplain.widgets.prompt import Done

SLOWEST, FASTEST = 0.25, 16.0
"""Moves a second while playing."""


class Stepping(LessonPanes):
    """The commands that move the learner along the lesson."""

    # -- step ------------------------------------------------------------------------------------

    def _walk(self, move: Callable[[], bool], end: str) -> None:
        """Move; where there is no further way, say so."""
        self.training = False
        self.turning = None
        try:
            moved = move()
        except Refused as refusal:
            self.refused(refusal)
            return
        if moved:
            self.moved()
        else:
            self.say(end)
            self.show()

    def action_next_event(self) -> None:
        if self._open_question:
            self.say("answer_first")
            self.show()
            return
        self._walk(self.session.next, self._end)

    @property
    def _end(self) -> str:
        """What is said at the end of the lesson: what may be done now."""
        return "next_lesson_or_practice" if exercises(self.session.lesson) else "next_lesson"

    @property
    def _open_question(self) -> bool:
        """Whether a question waits for its answer: one goes on when it is answered or skipped."""
        question = self.session.question
        return question is not None and question.id not in self.session.answers

    def action_previous_event(self) -> None:
        self._walk(self.session.previous, "begin_lesson")

    def action_next_stop(self) -> None:
        self._walk(self.session.next_stop, self._end)

    def action_previous_stop(self) -> None:
        self._walk(self.session.previous_stop, "begin_lesson")

    def action_first_event(self) -> None:
        self.session.first_event()
        self.moved()

    def action_last_event(self) -> None:
        self.session.last_event()
        self.moved()

    def action_zoom_in(self) -> None:
        self.session.zoom = self.session.zoom.closer()
        self.changed()

    def action_zoom_out(self) -> None:
        self.session.zoom = self.session.zoom.wider()
        self.changed()

    def action_next_part(self) -> None:
        self._open_part(+1, "last_part")

    def action_previous_part(self) -> None:
        self._open_part(-1, "first_part")

    def _open_part(self, direction: int, end: str) -> None:
        at = self.session.at + direction
        inside = 0 <= at < len(self.session.lesson.parts)

        def move() -> bool:
            if inside:
                self.session.open_part(at)
            return inside

        self._walk(move, end)

    # -- play ------------------------------------------------------------------------------------

    def action_play(self) -> None:
        if self.playing is not None:
            self._stop_playing()
            self.message = ""
            self.show()
            return
        self._play()

    def _play(self) -> None:
        self._stop_playing()
        self.playing = self.set_interval(1 / self.speed, self._play_on)
        self.say("speed", speed=format_number(self.speed))
        self.show()

    def _play_on(self) -> None:
        if self._open_question:
            self._stop_playing()
            self.say("answer_first")
            self.show()
            return
        try:
            moved = self.session.next_stop()
        except Refused as refusal:
            self._stop_playing()
            self.refused(refusal)
            return
        except CourseError as error:
            self.app.tell_fault(error)
            moved = False
        if moved:
            self.moved()
        else:
            self._stop_playing()

    def ask(self, question: str, done: Done, text: str = "") -> None:
        """Ask; what the answer is about stays where it is meanwhile."""
        self.pause()
        super().ask(question, done, text)

    def pause(self) -> None:
        """Let nothing move by itself."""
        self.training = False
        self._stop_playing()

    def _stop_playing(self) -> None:
        if self.playing is not None:
            self.playing.stop()
            self.playing = None

    def action_faster(self) -> None:
        self._set_speed(2.0)

    def action_slower(self) -> None:
        self._set_speed(0.5)

    def _set_speed(self, factor: float) -> None:
        if self.training:
            self.hurry = factor > 1
            return
        self.speed = min(max(self.speed * factor, SLOWEST), FASTEST)
        if self.playing is not None:
            self._play()
            return
        self.say("speed", speed=format_number(self.speed))
        self.show()

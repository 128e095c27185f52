"""Starting over: one thing at a time, after asking, and so that it can be taken back."""

from __future__ import annotations

from tuiexplain.course.bench import Refused
from tuiexplain.course.errors import CourseError
from tuiexplain.course.languages import tr
from tuiexplain.screens.lesson.taking_back import Undo
from tuiexplain.screens.lesson.visiting import Visiting

DIALS, PART, PLACE, ANSWERS = "dials", "part", "place", "answers"


class Resetting(Visiting):
    """The command that starts over."""

    def action_reset(self) -> None:
        """Choose what to reset; ask; do it."""
        if self._only_watched():
            return
        self.pause()
        part = self.session.bench.part
        offered = [PLACE]
        if part.spec.lab is None:
            offered = [DIALS, PART, PLACE] if part.dials else [PART, PLACE]
        if not self.session.exploring:
            offered.append(ANSWERS)
        from tuiexplain.screens.resets import Resets

        self.app.push_screen(Resets(offered), self._sure)

    def _sure(self, name: str | None) -> None:
        if name is None:
            return
        what = tr(f"screen.reset_{name}", self.language)

        def do(_: str) -> None:
            self._reset(name)

        self.ask(tr("screen.reset_sure", self.language, what=what), do)

    def _reset(self, name: str) -> None:
        try:
            undo = {
                DIALS: self._reset_dials,
                PART: self._reset_part,
                PLACE: self._reset_place,
                ANSWERS: self._reset_answers,
            }[name]()
        except Refused as refusal:
            self.refused(refusal)
            return
        except CourseError as error:
            self.app.tell_fault(error)
            return
        self.keep(undo)
        self.turning = None
        self.moved()
        self.say("reset_done", what=tr(f"screen.reset_{name}", self.language))
        self.show()

    def _reset_dials(self) -> Undo:
        """The lesson's dials; seed and place stay."""
        undo = self.part_as_it_is()
        bench = self.session.bench
        for dial in bench.part.dials:
            bench.turn(dial.id, dial.default)
        return undo

    def _reset_part(self) -> Undo:
        """The network as the lesson has it: its dials, its seed, nothing edited or trained."""
        undo = self.part_as_it_is()
        self.session.benches.pop(self.session.bench.part.id)
        self.session.question = None
        return undo

    def _reset_place(self) -> Undo:
        """The first step of the lesson; the networks stay as they are."""
        session = self.session
        place, question = session.standing(), session.question
        session.go_to(0, 0, 0)

        def undo() -> None:
            session.at = [part.id for part in session.lesson.parts].index(place.part)
            session.bench.open(place.step, place.event)
            session.question = question

        return undo

    def _reset_answers(self) -> Undo:
        """Every answer and hint of this lesson."""
        session, progress = self.session, self.app.progress
        answers, hints = dict(session.answers), dict(session.hints)
        forgotten = progress.forget_answers(session.lesson.id)
        session.answers.clear()
        session.hints.clear()

        def undo() -> None:
            progress.remember_again(forgotten)
            session.answers.update(answers)
            session.hints.update(hints)

        return undo

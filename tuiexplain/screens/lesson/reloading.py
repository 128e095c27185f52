"""Live reload: a lesson that is being edited is shown as it was last saved, at the same step."""

from __future__ import annotations

from tuiexplain.course.editing import Edits, loaded_again
from tuiexplain.course.errors import CourseError
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.keeping import Keeping

EVERY = 0.5
"""Seconds between two looks at the files."""


class Reloading(Keeping):
    """Follows what is saved of the lesson's files, where that was asked for."""

    def on_mount(self) -> None:
        """Begin to look at the lesson's files."""
        if self.app.watches(self.session.lesson):
            self._edits = Edits(self.session.lesson.folder)
            self.set_interval(EVERY, self._look)

    def _look(self) -> None:
        if not self._edits.saved():
            return
        self.pause()
        if self.aside is not None:
            self.come_back()
        try:
            self.session = loaded_again(self.session)
            side = self.desk.side
            self.desk = Desk(self.session)
            self.desk.turn_to(side)
            self.turning = None
            self.moved()
        except CourseError as error:
            self.app.tell_fault(error)
            return
        self.say("loaded_again")
        self.show()

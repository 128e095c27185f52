"""A training step of the playground, entered: the lessons' own screen, with a way back."""

from __future__ import annotations

from tuiexplain.screens.lesson.desk import Side
from tuiexplain.screens.lesson.screen import LessonScreen


class EnteredStep(LessonScreen):
    """Lies over the playground; Esc goes back to it."""

    def action_back(self) -> None:
        desk = self.desk
        inside = self.turning is not None or desk.asking or desk.pointing or self.aside is not None
        if inside or desk.side is not Side.WORDS:
            super().action_back()
        else:
            self._leave()

    def action_course_map(self) -> None:
        self._leave()

    def _leave(self) -> None:
        self.pause()
        self.app.forget()
        self.dismiss()

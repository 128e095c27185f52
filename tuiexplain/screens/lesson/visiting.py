"""Watching somebody else's run: what belongs to lessons, or to who started it, is not done here."""

from __future__ import annotations

from tuiexplain.course.bench import Refused
from tuiexplain.screens.lesson.living import Living


class Visiting(Living):
    """The commands that a run of another terminal has no use for."""

    def _only_watched(self) -> bool:
        """Whether there is no lesson here; then it is said."""
        if self.session.kept:
            return False
        self.tell("only_watched")
        self.show()
        return True

    def action_bookmark(self) -> None:
        if not self._only_watched():
            super().action_bookmark()

    def action_practise(self) -> None:
        if not self._only_watched():
            super().action_practise()

    def action_report(self) -> None:
        if not self._only_watched():
            super().action_report()

    def action_explore(self) -> None:
        if not self._only_watched():
            super().action_explore()

    def action_edit(self) -> None:
        here = self.session.watching
        if here is None or here.lab.ours or self.turning is not None:
            super().action_edit()
            return
        prompt = next((d for d in here.part.dials if d.id == "prompt"), None)
        if prompt is None:
            self.refused(Refused("lab_visited"))
            return
        self._type_setting(prompt)

    def action_rewind(self) -> None:
        if self._ours():
            super().action_rewind()

    def action_new_seed(self) -> None:
        if self._ours():
            super().action_new_seed()

    def _ours(self) -> bool:
        """Whether the run is the learner's; else it is said."""
        here = self.session.watching
        if here is None or here.lab.ours:
            return True
        self.refused(Refused("lab_visited"))
        return False

"""What the learner keeps: bookmarks with notes; and a copy of the lesson to try things out in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tuiexplain.course.languages import tr
from tuiexplain.course.session import Session
from tuiexplain.screens.lesson.desk import Desk, Side
from tuiexplain.screens.lesson.painting import Painting


class Keeping(Painting):
    """The commands that keep a place."""

    aside: tuple[Session, Desk] | None = None
    """The lesson as it was left, while the learner tries things out in a copy."""

    # -- bookmarks -------------------------------------------------------------------------------

    def action_bookmark(self) -> None:
        """Keep this place under a note; where it is kept already, change the note."""
        place = self.session.standing()
        kept = self.app.progress.bookmark_at(place)

        def keep(note: str) -> None:
            note = " ".join(note.split())
            if kept is None:
                self.app.progress.bookmark(place, note)
            else:
                self.app.progress.keep_bookmark(kept._replace(label=note))
            self.say("bookmarked")
            self.show()

        self.ask(tr("screen.bookmark_note", self.language), keep, kept.label if kept else "")

    # -- practising ------------------------------------------------------------------------------

    def action_practise(self) -> None:
        """Work an example of this lesson, with less and less of it shown."""
        from tuiexplain.screens import ways

        ways.practise(self.app)

    def action_report(self) -> None:
        """Write what was learnt here as Markdown."""
        from tuiexplain.screens.export import save_learnt

        self.pause()
        self.message = save_learnt(
            self.session.lesson, self.app.progress, Path.cwd(), self.language
        )
        self.show()

    # -- exploring -------------------------------------------------------------------------------

    def action_explore(self) -> None:
        """Into a copy of the lesson, or out of it."""
        self.pause()
        if self.aside is not None:
            self.come_back()
            return
        self.try_out(self.session.explore())
        self.lay_out()
        self.say("exploring_now")
        self.changed()

    def try_out(self, copy: Session) -> None:
        """Work on ``copy`` from now on; the lesson stays as it is."""
        self.aside = self.session, self.desk
        same = copy.bench.place == self.session.bench.place
        self.session, self.desk = copy, replace(self.desk, session=copy, chain=[])
        if not same:
            self.desk.settle()

    def come_back(self) -> None:
        """Out of the copy, to the lesson as it was left."""
        assert self.aside is not None
        self.session, self.desk = self.aside
        self.aside = None
        self.turning = None
        self.lay_out()
        self.say("explored")
        self.changed()

    def action_back(self) -> None:
        """Out of what was asked; where nothing was, out of the copy."""
        desk = self.desk
        inside = self.turning is not None or desk.asking or desk.pointing
        if self.aside is not None and not inside and desk.side is Side.WORDS:
            self.pause()
            self.come_back()
        else:
            super().action_back()

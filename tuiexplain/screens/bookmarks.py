"""The learner's bookmarks: jump, change the note, remove, and take a removal back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tuiexplain.course.course import the_course
from tuiexplain.course.dial_words import settings_text
from tuiexplain.course.errors import CourseError
from tuiexplain.course.languages import tr
from tuiexplain.course.loading import open_folder
from tuiexplain.course.progress import Bookmark
from tuiexplain.screens.finder import Entry, Finder
from tuiexplain.views.picture import Area, Line, Picture, area_hits
from tuiexplain.views.text import width_of
from tuiexplain.widgets.pane import Pane


class Bookmarks(Finder):
    """Every bookmark of every lesson. The target is the bookmark to jump to."""

    TITLE_KEY: ClassVar[str] = "screen.bookmarks_title"
    HINT_KEY: ClassVar[str] = "screen.bookmarks_hint"
    EMPTY_KEY: ClassVar[str] = "screen.no_bookmarks"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete", "remove", priority=True),  # else it is the search line's
        Binding("ctrl+z", "bring_back", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.removed: list[Bookmark] = []

    def entries(self) -> Sequence[Entry]:
        """The bookmarks, in the order of the course."""
        language = self.app.language
        order = {entry.id: entry for entry in the_course().lessons}
        known = [b for b in self.app.progress.bookmarks() if b.place.lesson in order]
        known.sort(key=lambda b: order[b.place.lesson].number)
        return [
            Entry(self._line(b, language), b, b.label.lower(), self._told(b, language))
            for b in known
        ]

    def _line(self, bookmark: Bookmark, language: str) -> str:
        place = bookmark.place
        entry = next(e for e in the_course().lessons if e.id == place.lesson)
        part = place.part
        try:
            if entry.folder is not None:
                part = open_folder(entry.folder).block(place.part, language).title
        except CourseError:
            pass  # the lesson has changed: the part's id must do
        where = f"{entry.number:02d} {part} · {place.step}/{place.event}"
        return f"{where}  {bookmark.label}" if bookmark.label else where

    @staticmethod
    def _told(bookmark: Bookmark, language: str) -> str:
        place = bookmark.place
        entry = next(e for e in the_course().lessons if e.id == place.lesson)
        dials = ""
        if entry.folder is not None:
            dials = settings_text(open_folder(entry.folder), place.dials, language)
        where = tr("screen.bookmark_place", language, step=place.step, event=place.event)
        return f"{where} {dials}\n\n{bookmark.label}" if bookmark.label else f"{where} {dials}"

    def telling(self) -> bool:
        """Also what was removed can be brought back."""
        return bool(self.removed) or super().telling()

    def _more(self, width: int, height: int) -> Picture:
        """What is told of the bookmark, and below it what the mouse may press."""
        look, language = self.app.look, self.app.language
        told = list(super()._more(width, height - 1).strips)
        line = Line(width)
        places: list[tuple[object, Area]] = []
        offered = [("remove", self.chosen is not None), ("bring_back", bool(self.removed))]
        for name in (name for name, there in offered if there):
            text = look.write(tr(f"screen.bookmark_{name}", language))
            places.append((name, Area(line.used, len(told), width_of(text), 1)))
            line.add(text, look.term).space(3)
        return Picture([*told, line.strip()], area_hits(places))

    def on_pane_hit(self, hit: Pane.Hit) -> None:
        """Remove, or bring back."""
        if hit.target == "remove":
            self.action_remove()
        elif hit.target == "bring_back":
            self.action_bring_back()

    def action_remove(self) -> None:
        """Remove the chosen bookmark."""
        if self.chosen is not None:
            bookmark: Bookmark = self.chosen.target
            self.app.progress.remove_bookmark(bookmark)
            self.removed.append(bookmark)
            self.reload()

    def action_bring_back(self) -> None:
        """Take the last removal back."""
        if self.removed:
            self.app.progress.keep_bookmark(self.removed.pop())
            self.reload()

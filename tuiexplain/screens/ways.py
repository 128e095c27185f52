"""The ways to other places: outline, glossary, bookmarks. What lies over a screen is pushed here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from tuiexplain.course.bench import Refused
from tuiexplain.course.errors import CourseError
from tuiexplain.course.glossary import the_glossary
from tuiexplain.course.index import the_index
from tuiexplain.course.progress import Bookmark
from tuiexplain.course.session import Session
from tuiexplain.screens.bookmarks import Bookmarks
from tuiexplain.screens.finder import Finder
from tuiexplain.screens.glossary import GlossaryScreen, Taught
from tuiexplain.screens.outline import Outline

if TYPE_CHECKING:
    from tuiexplain.screens.app import TuiExplain
    from tuiexplain.screens.lesson.screen import LessonScreen

Go = Callable[[Session], None]
"""Takes a session of a lesson to a place in it."""


def go_to(app: TuiExplain) -> None:
    """Choose a place in the open lesson or anywhere in the course."""
    screen = _lesson(app)
    outline = Outline(screen.session if screen else None)
    _choose(app, outline, lambda target: visit(app, target[0], target[1]))


def glossary(app: TuiExplain, term: str = "") -> None:
    """Look a term up; without one, begin at the first that the words on the screen mark."""
    screen = _lesson(app)
    if not term and screen is not None:
        block = screen.session.block_id
        topics = the_index().of_lesson(screen.session.lesson.id)
        marked = [name for topic in topics if topic.block == block for name in topic.terms]
        term = next(iter(marked), "")
    _choose(app, GlossaryScreen(term), partial(_taught, app))


def bookmarks(app: TuiExplain) -> None:
    """Choose a bookmark to jump to."""

    def jump(bookmark: Bookmark) -> None:
        visit(app, bookmark.place.lesson, lambda session: session.resume(bookmark.place))

    _choose(app, Bookmarks(), jump)


def visit(app: TuiExplain, lesson: str, go: Go | None = None) -> None:
    """Go to a place in a lesson: the one that is open, or another."""
    screen = _lesson(app)
    if screen is None or screen.session.lesson.id != lesson:
        app.switch_lesson(lesson, go)
    elif go is not None:
        try:
            go(screen.session)
        except CourseError as error:
            app.notify(str(error), severity="error", markup=False)
        except Refused as refusal:
            screen.refused(refusal)
            return
        screen.turning = None
        screen.moved()


def _taught(app: TuiExplain, name: str) -> None:
    term = the_glossary().find(name)
    if term is not None:
        _choose(app, Taught(term), lambda target: visit(app, target[0], target[1]))


def _choose(app: TuiExplain, finder: Finder, take: Callable[[Any], None]) -> None:
    """Let the learner choose; what moves by itself stands still meanwhile."""
    screen = _lesson(app)
    if screen is not None:
        screen.pause()

    def done(target: Any) -> None:
        if target is not None:
            take(target)

    app.push_screen(finder, done)


def _lesson(app: TuiExplain) -> LessonScreen | None:
    """The lesson's screen, if it is on top."""
    from tuiexplain.screens.lesson.screen import LessonScreen

    return app.screen if isinstance(app.screen, LessonScreen) else None

"""The ways to other places: outline, glossary, bookmarks. What lies over a screen is pushed here."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from tuiexplain.course.bench import Refused
from tuiexplain.course.course import the_course
from tuiexplain.course.errors import CourseError
from tuiexplain.course.glossary import the_glossary
from tuiexplain.course.index import the_index
from tuiexplain.course.languages import tr
from tuiexplain.course.loading import open_lesson
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


def practise(app: TuiExplain) -> None:
    """Work the exercise of the part that is open, or else the first of the lesson."""
    from tuiexplain.course.practice import Practice, exercises
    from tuiexplain.screens.practice.screen import PracticeScreen

    screen = _lesson(app)
    if screen is None:
        return
    found = exercises(screen.session.lesson)
    if not found:
        screen.say("no_practice")
        screen.show()
        return
    screen.pause()
    here = screen.session.bench.part.id
    part, exercise = next((f for f in found if f[0].id == here), found[0])
    key = f"practice.{part.lesson.id}.{exercise.id}"
    rung, trial = app.progress.setting(key, (0, 0))
    quiz = Practice(part, exercise, rung, trial)

    def keep() -> None:
        app.progress.choose(key, (quiz.rung, quiz.trial))

    app.push_screen(PracticeScreen(quiz, keep), partial(_again, app))


def challenge(app: TuiExplain) -> None:
    """The mixed challenge of the part of the course that is open or chosen."""
    from tuiexplain.course.challenge import Challenge
    from tuiexplain.screens.course_map import CourseMap
    from tuiexplain.screens.practice.screen import PracticeScreen

    screen = _lesson(app)
    if screen is not None:
        screen.pause()
        entry = the_course().find(screen.session.lesson.id)
    elif isinstance(app.screen, CourseMap):
        entry = app.screen.lessons[app.screen.chosen]
    else:
        return
    ready = [e for e in the_course().lessons if e.part == entry.part and e.folder is not None]
    lessons = []
    for one in ready:
        with suppress(CourseError):
            lessons.append(open_lesson(one.id))
    key = f"challenge.{entry.part}"
    quiz = Challenge(lessons, app.progress.setting(key))
    if not quiz.items:
        app.notify(tr("screen.no_challenge", app.language), markup=False)
        return

    def keep() -> None:
        app.progress.choose(key, quiz.state)

    app.push_screen(PracticeScreen(quiz, keep), partial(_again, app))


def _again(app: TuiExplain, place: tuple[str, str] | None) -> None:
    """To what is to be looked at again."""
    if place is not None:
        lesson, step = place
        visit(app, lesson, lambda session: session.go_to_block(step))


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

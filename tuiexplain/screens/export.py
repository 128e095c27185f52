"""What is on the screen, and what was learnt, in files: a picture, plain text, Markdown."""

from __future__ import annotations

import time
from pathlib import Path

from textual.app import App

from tuiexplain.course.languages import tr
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.progress import Progress

LONGEST = 56
"""Characters of a path that are shown."""


def screen_text(app: App[None]) -> str:
    """The characters on the screen, line by line, without their colours."""
    width, height = app.size
    strips = app.screen._compositor.render_strips(app.size)
    lines = [strip.crop(0, width).text.rstrip() for strip in strips[:height]]
    return "\n".join(lines) + "\n"


def save_screen(app: App[None], name: str, folder: Path, language: str) -> str:
    """Write ``NAME-TIME.svg`` and ``.txt`` into ``folder``; return what to tell the learner."""
    file = _file(folder, name)
    try:
        file.with_suffix(".svg").write_text(app.export_screenshot(title=name), encoding="utf-8")
        file.with_suffix(".txt").write_text(screen_text(app), encoding="utf-8")
    except OSError as error:
        return _failed(file.with_suffix(".svg"), error, language)
    return tr("screen.saved", language, path=f"{_shown(file)}.svg, .txt")


def save_learnt(lesson: Lesson, progress: Progress, folder: Path, language: str) -> str:
    """Write what was learnt in a lesson into ``folder``; return what to tell the learner."""
    from tuiexplain.course.learnt import learnt

    file = _file(folder, lesson.id).with_suffix(".md")
    try:
        file.write_text(learnt(lesson, progress, language), encoding="utf-8")
    except OSError as error:
        return _failed(file, error, language)
    return tr("screen.saved", language, path=_shown(file))


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"


def _failed(file: Path, error: OSError, language: str) -> str:
    reason = (error.strerror or str(error)).lower()
    return tr("screen.save_failed", language, path=str(file), reason=reason)


def _shown(file: Path) -> str:
    """The end of a long path says more than its beginning, and the message has one line."""
    return str(file) if len(str(file)) <= LONGEST else f"…/{file.name}"

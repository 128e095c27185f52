"""What is on the screen, in files: a picture (SVG) and plain text."""

from __future__ import annotations

import time
from pathlib import Path

from textual.app import App

from tuiexplain.course.languages import tr

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
    file = folder / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    try:
        file.with_suffix(".svg").write_text(app.export_screenshot(title=name), encoding="utf-8")
        file.with_suffix(".txt").write_text(screen_text(app), encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return tr("screen.save_failed", language, path=f"{file}.svg", reason=reason)
    # The end of a long path says more than its beginning, and the message has one line.
    shown = file if len(str(file)) <= LONGEST else f"…/{file.name}"
    return tr("screen.saved", language, path=f"{shown}.svg, .txt")

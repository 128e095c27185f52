"""From the course map into each lesson: how long until everything is drawn.

python -m tests.bench.bench_opening
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from statistics import median
from time import perf_counter

from tuiexplain.course.course import the_course
from tuiexplain.screens.app import TuiExplain
from tuiexplain.screens.lesson.screen import LessonScreen
from tuiexplain.terminal.options import AppOptions

REACH = 150
"""Milliseconds."""
SIZE = (120, 40)


async def opening(lesson: str) -> float:
    """Milliseconds from the map to the lesson."""
    app = TuiExplain(AppOptions(language="en"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        begun = perf_counter()
        app.open_lesson(lesson)
        while not drawn(app):
            await asyncio.sleep(0.001)
        return (perf_counter() - begun) * 1000


def drawn(app: TuiExplain) -> bool:
    """Whether every pane that is seen has been drawn."""
    if not isinstance(app.screen, LessonScreen) or not app.screen._panes:
        return False
    seen = [p for p in app.screen._panes if p.display and p.content_size.area]
    return all(pane._drawn_at for pane in seen)


def main() -> int:
    missed = 0
    for entry in the_course().lessons:
        if entry.folder is None:
            continue
        with tempfile.TemporaryDirectory() as home:
            os.environ["TUIEXPLAIN_HOME"] = home
            taken = median(asyncio.run(opening(entry.id)) for _ in range(5))
        missed += taken > REACH
        print(
            f"{entry.id:24}{taken:8.0f} ms  reach ≤ {REACH}{'' if taken <= REACH else '  MISSED'}"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

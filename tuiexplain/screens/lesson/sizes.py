"""The picture of what size buys: runs of one part that are done, and the law through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from textual.strip import Strip

from tuiexplain.course.lab_run import Heard
from tuiexplain.lab.adapting.scaling import fit_power_law
from tuiexplain.lab.settings import Settings
from tuiexplain.trace.numbers import format_number
from tuiexplain.views.picture import Line
from tuiexplain.views.prose import prose
from tuiexplain.views.scatter import Scatter, scatter

if TYPE_CHECKING:
    from tuiexplain.screens.lesson.dashboard import View

SIZE = ("layers", "heads", "width")
"""What may differ between runs that are compared."""


def sizes(view: View, head: Line, width: int, height: int) -> list[Strip]:
    """Parameters and held-out loss of each size that was trained to its end, on log-log axes.

    Two sizes make a line. Runs that differ in anything else are left out.
    """
    run, look = view.run, view.look
    runs: list[tuple[Settings, Heard]] = [(run.settings, run.heard)]
    if run.former is not None:
        runs += [(one.settings, one.heard) for one in (run.former, *run.former.earlier)]
    points: dict[int, float] = {}
    for settings, heard in runs:
        if _done(settings, heard) and _alike(settings, run.settings):
            assert heard.ready is not None
            points.setdefault(heard.ready.parameters, heard.evaluations[-1].val_loss)
    if not points:
        return prose(view.words("sizes_none"), width, look, style=look.muted).strips
    told = [Line(width).add(look.write(view.words("sizes_done", count=len(points))), look.muted)]
    law = None
    if len(points) > 1:
        law = fit_power_law(list(points), list(points.values()))
        words = view.words(
            "sizes_law",
            exponent=format_number(-law.exponent, 3),
            ten=f"{10**-law.exponent:.0%}",
        )
        told.append(Line(width).add(look.write(words), look.text, look.glyphs.ellipsis))
    x = np.log10(np.array(list(points), dtype=float))
    y = np.log10(np.array(list(points.values())))
    spec = Scatter(
        x,
        y,
        line=None if law is None else (-law.exponent, float(np.log10(law.scale))),
        x_label="log10 N",
        x_limits=_around(x),
        y_limits=_around(y),
    )
    drawn = scatter(spec, width, max(0, height - len(told)), look)
    return [*(line.strip() for line in told), *drawn.strips]


def _done(settings: Settings, heard: Heard) -> bool:
    ready, evaluations = heard.ready, heard.evaluations
    return ready is not None and bool(evaluations) and evaluations[-1].step >= settings.steps


def _alike(one: Settings, other: Settings) -> bool:
    """Whether two runs differ by their size alone."""
    return one.changed(**{name: getattr(other, name) for name in SIZE}) == other


def _around(numbers: np.ndarray) -> tuple[float, float]:
    low, high = float(numbers.min()), float(numbers.max())
    room = 0.2 * (high - low) or 0.1
    return low - room, high + room

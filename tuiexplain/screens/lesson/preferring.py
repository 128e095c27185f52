"""The picture of a run that learns preferences: how far it has gone from where it began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip

from tuiexplain.trace.numbers import format_number
from tuiexplain.views.curve import Curve, Series, curve
from tuiexplain.views.picture import Line

if TYPE_CHECKING:
    from tuiexplain.screens.lesson.dashboard import View


def preferences(view: View, head: Line, width: int, height: int) -> list[Strip] | None:
    """Pairs in order, margin and KL; how the log-probability of both answers has changed."""
    look = view.look
    there = [e for e in view.run.heard.evaluations if e.margin is not None]
    if not there:
        return None
    first, now = there[0], there[-1]
    order = Line(width).add(look.write(view.words("in_order")), look.muted).space(1)
    if now is not first:
        order.add(f"{first.accuracy:.0%}", look.number).space(1)
        order.add(look.glyphs.forward, look.faint).space(1)
    order.add(f"{now.accuracy:.0%}", look.number)
    meter = Line(width)
    for key, value in (("margin", now.margin), ("kl", now.kl)):
        meter.add(look.write(view.words(key)), look.muted).space(1)
        meter.add(look.write(format_number(float(value or 0.0))), look.number).space(2)
    strips = [order.strip(), meter.strip()]
    steps = [e.step for e in there]
    series = [
        Series(view.words("better"), [float(e.chosen or 0.0) for e in there], steps=steps),
        Series(view.words("worse"), [float(e.rejected or 0.0) for e in there], steps=steps),
    ]
    return [*strips, *curve(Curve(series), width, max(0, height - len(strips)), look)]

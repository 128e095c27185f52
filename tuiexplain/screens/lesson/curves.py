"""The loss of the learner's run and of those beside it, over updates, over epochs, or over both."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from textual.strip import Strip

from tuiexplain.course.bench import Axis, History
from tuiexplain.course.dial_words import setting_text
from tuiexplain.course.languages import tr
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.schema import Dial, Setting
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.kept import kept_with_first
from tuiexplain.trace.value import Kind
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture
from tuiexplain.views.prose import prose

ROOM_FOR_BOTH = 20
"""Lines from which the curve is drawn over both axes, where they differ."""
VALIDATION = "val_loss"
"""The measure whose lowest point is marked: there training might have stopped."""
MOST_MEASURED = 64
"""Steps of a run at which a measure is computed for its curve, and the open step besides."""


class _Drawn(NamedTuple):
    """A run's losses as far as they are shown. They never change, they only become more."""

    run: History
    shown: int
    label: str
    per_epoch: int

    def per(self, axis: Axis) -> float:
        """How far along the axis a step goes."""
        return 1.0 / self.per_epoch if axis == "epochs" else 1.0


def curve(desk: Desk, width: int, height: int, look: Look, language: str) -> Picture:
    """The losses and measures of the run, and of the runs it is compared with.

    In a race there is one line for each run: the first of the measures, or the loss.
    """
    bench = desk.session.bench
    if not bench.learns:
        return prose(tr("screen.no_update", language), width, look, style=look.muted)
    labels = lane_labels(desk, language)
    drawn = tuple(
        _Drawn(
            lane.run,
            lane.run.length if position else _computed(desk),
            label,
            lane.steps_per_epoch,
        )
        for position, (lane, label) in enumerate(zip(bench.lanes, labels, strict=True))
    )
    measures = tuple(
        (m, desk.session.lesson.label(f"measure.{m}", language)) for m in bench.run.measures
    )
    racing = len(drawn) > 2
    measures = measures[:1] if racing else measures
    differ = len({lane.per_epoch for lane in drawn}) > 1
    axes: list[Axis] = [bench.axis]
    if differ and height >= ROOM_FOR_BOTH:
        axes = ["updates", "epochs"]
    strips: list[Strip] = []
    for above, axis in enumerate(axes):
        room = (height + above) // len(axes)
        named = [tr(f"axis.{axis}", language)] if differ or bench.axis == "epochs" else []
        named = [*(title for _, title in measures if racing), *named]
        under = " · ".join(named)
        strips += _curve(
            desk.session.lesson,
            drawn,
            measures,
            axis,
            under,
            bench.training_step,
            width,
            room,
            look,
        ).strips
    return Picture(strips)


@kept_with_first(16)
def _curve(
    lesson: Lesson,
    runs: tuple[_Drawn, ...],
    measures: tuple[tuple[str, str], ...],
    axis: Axis,
    under: str,
    step: int,
    width: int,
    height: int,
    look: Look,
) -> Picture:
    from tuiexplain.views.curve import Curve, Series
    from tuiexplain.views.curve import curve as draw

    series: list[Series] = []
    mark, racing = step * runs[0].per(axis), len(runs) > 2
    for each in runs:
        per, run = each.per(axis), each.run
        if not (racing and measures):
            series.append(Series(each.label, run.losses[: each.shown], per=per))
        for name, title in measures:
            shown = title if len(runs) == 1 else each.label if racing else f"{title} {each.label}"
            lowest = name == VALIDATION and not racing
            steps = _measured_steps(each, name, round(mark / per), lowest)
            numbers = [run.measured(name, at) for at in steps]
            series.append(Series(shown, numbers, per=per, steps=steps, lowest=lowest))
    # Nothing below zero has a logarithm; nor has a share that begins at nothing.
    least = 0.0 if racing and measures else -1e-300
    linear = any(np.min(s.values, initial=math.inf) <= least for s in series)
    spec = Curve(series, mark=mark, log=not linear, x_label=under)
    return Picture(draw(spec, width, height, look))


def _measured_steps(drawn: _Drawn, name: str, step: int, lowest: bool) -> list[int]:
    """Where a measure is drawn: evenly, at the open step, and closer and closer to its lowest."""
    run, until = drawn.run, drawn.shown
    evenly = list(run.steps_to_measure(until, MOST_MEASURED))
    steps = {*evenly, step} if step < until else set(evenly)
    if not lowest or len(evenly) < 2:
        return sorted(steps)

    def height(at: int) -> float:
        found = run.measured(name, at)
        return found if math.isfinite(found) else math.inf

    cheap = run.steps_to_measure(until, until)
    gap, best = evenly[1] - evenly[0], min(evenly, key=height)
    while (gap := gap // 2) > 0:
        near = [at for at in (best - gap, best + gap) if at in cheap]
        best = min([best, *near], key=height)
        steps |= set(near)
    return sorted(steps)


def _computed(desk: Desk) -> int:
    """How many losses there are where the learner stands, or that they have watched."""
    bench = desk.session.bench
    player = bench.player
    there = any(v.kind is Kind.LOSS and player.exists(v) for v in player.trace.values)
    return max(bench.seen, bench.training_step + there)


def lane_labels(desk: Desk, language: str) -> tuple[str, ...]:
    """What each run is called: by the dials in which they differ, else the new and the old one."""
    lanes, dials = desk.session.bench.lanes, desk.session.bench.part.dials
    if len(lanes) == 1:
        return (tr("screen.loss", language),)
    differ = [d for d in dials if len({lane.settings[d.id] for lane in lanes}) > 1]
    if not differ:
        later = [tr("screen.run_label", language)] * (len(lanes) - 1)
        return (tr("screen.fork_label", language), *later)
    lesson = desk.session.lesson
    return tuple(
        " ".join(_said(lesson, lane.settings[dial.id], dial, language) for dial in differ)
        for lane in lanes
    )


def _said(lesson: Lesson, setting: Setting, dial: Dial, language: str) -> str:
    """A dial's setting in few characters: ``η 0.1``; a choice by itself."""
    shown = setting_text(lesson, dial.id, setting, language, digits=3)
    if isinstance(setting, str):
        return f"{dial.symbol} {shown}" if dial.symbol else shown
    return f"{dial.symbol or dial.id} {shown}"

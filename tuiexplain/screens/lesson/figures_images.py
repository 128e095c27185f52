"""Pictures of images: as every layer sees them, as one draws them, those that are misread."""

from __future__ import annotations

import numpy as np

from tuiexplain.course.experiment import Training
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.sheet import sheet
from tuiexplain.screens.lesson.standing import shown_state
from tuiexplain.trace.event import Phase
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.run import Run
from tuiexplain.trace.value import Kind, Value
from tuiexplain.views.bars import Bars, bars
from tuiexplain.views.look import Look
from tuiexplain.views.maps import Captioned, Map, gallery, maps
from tuiexplain.views.paper import Paper, paper, paper_size
from tuiexplain.views.picture import Hits, Line, Picture, beside

LEAST_ODDS, MOST_ODDS = 17, 40
"""Columns of the odds beside a sheet of paper."""


# -- maps ------------------------------------------------------------------------------------------


def feature_maps(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The example as every layer sees it, with the kernels between: channel beside channel.

    Where not all of it fits, the value that the cursor is in is among what is shown. Of a training
    step behind those that the lesson walks through, all is shown from its start: so one sees the
    maps change as the network trains.
    """
    trace, bench = desk.trace, desk.session.bench
    trained = bench.training_step > bench.last_training_step
    example = _example(desk)
    images = _images(desk)
    specs: list[Map] = []
    for value in images:
        data = trace.data(value) if trained or bench.player.exists(value) else None
        name = f"{value.name}[{example}]"
        at, count = example, value.shape[1]
        if value.kind is Kind.PARAMETER:
            # Of kernels over many channels, those of one output channel.
            if value.shape[1] == 1:
                data = None if data is None else data[:, 0][None]
                count, at, name = value.shape[0], 0, value.name
            else:
                at = _out(desk, value)
                name = f"{value.name}[{at}]"
        shape = count, value.shape[2], value.shape[3]
        specs.append(Map(name, shape, None if data is None else data[at]))
    return maps(specs, width, height, look, _focus(desk, images))


def _out(desk: Desk, kernels: Value) -> int:
    """The output channel whose kernels are shown: the one that the cursor is in."""
    value = desk.selected if desk.selected.of is None else desk.trace.values[desk.selected.of]
    if value.id == kernels.id and desk.cell:
        return desk.cell[0]
    made = value.producer is not None and kernels.id in desk.trace.events[value.producer].inputs
    return desk.cell[1] if made and len(desk.cell) == len(kernels.shape) else 0


def _focus(desk: Desk, images: list[Value]) -> int | None:
    """Which of the images the cursor is in, or the next that its value goes into."""
    value = desk.selected if desk.selected.of is None else desk.trace.values[desk.selected.of]
    if value in images:
        return images.index(value)
    made = value.producer if value.producer is not None else -1
    later = (k for k, image in enumerate(images) if (image.producer or -1) >= made)
    return next(later, len(images) - 1)


def _images(desk: Desk) -> list[Value]:
    """The input, then each layer's kernels and what it made, after its activation and its pool."""
    trace = desk.trace
    found: list[Value] = []
    for event in trace.events:
        if event.phase is not Phase.FORWARD or len(trace.values[event.output].shape) != 4:
            continue
        for i in event.inputs:
            value = trace.values[i]
            if value.producer is None and len(value.shape) == 4 and value not in found:
                found.append(value)
        if event.op != "conv2d":  # of a convolution, what its activation leaves
            found.append(trace.values[event.output])
    return found


def _example(desk: Desk) -> int:
    """The example that the cursor is on, or the first."""
    value = desk.selected if desk.selected.of is None else desk.trace.values[desk.selected.of]
    rows = {v.shape[0] for v in desk.trace.values if v.kind is Kind.INPUT and v.producer is None}
    of_examples = value.kind is not Kind.PARAMETER and value.shape[:1] and value.shape[0] in rows
    return desk.cell[0] if of_examples and desk.cell else 0


# -- a sheet of paper ------------------------------------------------------------------------------


def drawing(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The sheet that the learner draws on, and beside it the odds of what it might be.

    The odds are those of the drawing as it is, wherever in the step the learner stands.
    """
    value = sheet(desk)
    if value is None:
        return Picture([])
    here = desk.value == value.id and desk.pointing
    spec = Paper(desk.trace.data(value)[0, 0], (desk.cell[2], desk.cell[3]) if here else None)
    wide, tall = paper_size(spec, width - LEAST_ODDS - 1, height)
    left = paper(spec, wide, tall, look)
    p = desk.trace.data(desk.trace.value("p")).reshape(-1)
    names = [str(i) for i in range(len(p))]
    room = min(width - wide - 1, MOST_ODDS)
    odds = bars(Bars(names, p.tolist(), selected=int(p.argmax()), largest=1.0), room, len(p), look)
    rest = [Line(width - wide - 1).extend(strip).strip() for strip in odds.strips]
    strips = beside([(left.strips, wide), (rest, width - wide - 1)], gap=1)
    return Picture(strips, _of_value(left.hits, value.id))


def _of_value(hits: Hits, value: int) -> Hits:
    """Pixels as cells of the image that they are in."""

    def at(x: int, y: int) -> tuple[int, Cell] | None:
        pixel = hits.at(x, y)
        return None if pixel is None else (value, (0, 0, *pixel))

    return Hits(at, lambda target: hits.where(target[1][2:]))


# -- the gallery -----------------------------------------------------------------------------------


def misread(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The held-out images that the network reads wrongly now: what is right, what it says."""
    run = desk.session.bench.run
    if not isinstance(run, Run) or not isinstance(run.program, Training):
        return Picture([])
    told = run.program.experiment.gallery
    if told is None:
        return Picture([])
    scores = run.program.evaluate(shown_state(desk), told.fn)
    said = np.asarray(getattr(scores, "data", scores)).argmax(axis=1)
    wrong = np.flatnonzero(said != told.classes)
    arrow = look.write("→")
    count = f"{len(said) - len(wrong)} / {len(said)} = {1 - len(wrong) / len(said):.1%}"
    head = Line(width).add(count, look.strong).strip()
    shown = [
        Captioned(told.images[i, 0], f"{told.classes[i]} {arrow} {said[i]}") for i in wrong.tolist()
    ]
    return Picture([head, *gallery(shown, width, height - 1, look).strips])

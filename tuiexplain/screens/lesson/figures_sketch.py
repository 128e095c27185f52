"""The picture of what a network of one number has learnt, between the examples as well."""

from __future__ import annotations

import numpy as np

from tuiexplain.course.bench import History
from tuiexplain.course.experiment import Training
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.standing import shown_state
from tuiexplain.trace.run import Run
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture
from tuiexplain.views.scatter import Scatter, scatter

ROOM = 0.35
"""Share of the points' height that is left above and below them: a curve may leave the picture."""


def sketch(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The learnt curve, the examples ●, and those kept aside ○; faint: the run that is compared."""
    bench = desk.session.bench
    program = _program(bench.run)
    assert program is not None
    told = program.experiment.sketch
    assert told is not None
    rival, other = None, None if bench.rival is None else _program(bench.rival)
    if bench.rival is not None and other is not None and other.experiment.sketch is not None:
        state = bench.rival.state_at(min(bench.training_step, bench.rival.length))
        rival = (other.experiment.sketch.x, other.sketched(state))
    x, t = (np.asarray(axis, dtype=float).reshape(-1) for axis in told.points)
    low, high = float(t.min()), float(t.max())
    shape = desk.selected.shape
    spec = Scatter(
        x,
        t,
        selected=desk.cell[0] if shape and shape[0] == x.size else None,
        curve=(told.x, program.sketched(shown_state(desk))),
        rival_curve=rival,
        others=told.others,
        x_label="x",
        x_limits=(float(np.min(told.x)), float(np.max(told.x))),
        y_limits=(low - ROOM * (high - low), high + ROOM * (high - low)),
    )
    return scatter(spec, width, height, look)


def _program(run: History) -> Training | None:
    """A lesson's own program; a model elsewhere has no sketch."""
    return run.program if isinstance(run, Run) and isinstance(run.program, Training) else None

"""The losses of the run over its steps, and of the runs beside it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tuiexplain.course.languages import tr
from tuiexplain.screens.play.seeing import Seen
from tuiexplain.screens.play.watching import Watched
from tuiexplain.views.picture import Picture

MANY_EPOCHS = 24
"""From so many epochs on, a curve shows the mean loss of each: batches differ more than that."""


class Lane(NamedTuple):
    """One of several runs: its name and the loss at each of its steps."""

    name: str
    losses: np.ndarray
    steps_per_epoch: int


def curve(
    seen: Seen, watched: Watched, own: str, rivals: Sequence[Lane], width: int, height: int
) -> Picture:
    """The loss of each step's batch and of the examples held out; in company, each run's loss."""
    from tuiexplain.views.curve import Curve, Series
    from tuiexplain.views.curve import curve as draw

    language = seen.language
    losses, places = by_epoch(np.array(seen.play.run.losses), seen.play.steps_per_epoch)
    name = own or tr("play.loss_word", language)
    series = [Series(name, losses, steps=places)]
    steps, held = watched.series("test_loss")
    steps = steps - 1  # what is measured before a step was left by the one before
    if not rivals and len(steps) > 1:
        series.append(Series(tr("play.test_loss", language), held, steps=steps.tolist()))
    for lane in rivals:
        drawn, places = by_epoch(lane.losses, lane.steps_per_epoch)
        series.append(Series(lane.name, drawn, steps=places))
    positive = all(np.min(s.values, initial=np.inf) > 0 for s in series)
    return Picture(draw(Curve(series, mark=seen.step - 1, log=positive), width, height, seen.look))


def loss_at(lane: Lane, step: int) -> float | None:
    """The loss that its curve has where ``step`` begins; ``None`` before the first."""
    drawn, places = by_epoch(lane.losses, lane.steps_per_epoch)
    at = bisect_right(places, step - 1) - 1
    return float(drawn[max(at, 0)]) if len(drawn) else None


def by_epoch(losses: np.ndarray, per_epoch: int) -> tuple[np.ndarray, range]:
    """Each step's loss, or in a long run the mean of each epoch's, and the steps they stand at.

    Epochs are counted from the last step on, so that the newest number is always there.
    """
    epochs = len(losses) // per_epoch
    if epochs < MANY_EPOCHS or per_epoch == 1:
        return losses, range(len(losses))
    first = len(losses) - epochs * per_epoch
    with np.errstate(all="ignore"):
        means = losses[first:].reshape(epochs, per_epoch).mean(axis=1)
    return means, range(first + per_epoch - 1, len(losses), per_epoch)

"""Pictures of size and its price: codes on a ruler, errors, a power law, bytes, names by year."""

from __future__ import annotations

import numpy as np

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.value import Value
from tuiexplain.views.bars import Bars, bars
from tuiexplain.views.heatmap import HeatMap
from tuiexplain.views.levels import Levels, levels
from tuiexplain.views.look import Look
from tuiexplain.views.matrix_spec import Matrix
from tuiexplain.views.picture import Picture, blank
from tuiexplain.views.scatter import Scatter, scatter
from tuiexplain.views.years import Years, years

SHARES = ("share", "zero")
"""What is lost of the whole, and how many codes are 0: shares of 1."""
BYTES = ("weights", "gradients", "adam", "activations", "cache", "total")
MARGIN = 0.15
"""Of the spread of the points, around a law's picture."""


class _Found:
    """The values of the trace by name, those that the cursor has passed."""

    def __init__(self, desk: Desk) -> None:
        exists = desk.session.bench.player.exists
        self.trace, self.cell, self.selected = desk.trace, desk.cell, desk.selected
        self.values = {value.name: value for value in desk.trace.values}
        self.there = {name for name, value in self.values.items() if exists(value)}

    def all(self, name: str) -> np.ndarray:
        """The cells, whether they have been computed yet or not."""
        return np.asarray(self.trace.data(self.values[name]), dtype=float)

    def list(self, name: str) -> list[float] | None:
        """The cells, in one row; ``None`` before they are computed."""
        return self.all(name).reshape(-1).tolist() if name in self.there else None

    def one(self, name: str) -> float | None:
        found = self.list(name)
        return None if found is None else found[0]

    def place(self, like: Value) -> int | None:
        """Where the cursor stands along the first axis of values of this length."""
        same = self.cell and self.selected.shape[:1] == like.shape[:1]
        return int(self.cell[0]) if same else None


def rounding(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """Each weight among the levels, and the level that stands for it."""
    found = _Found(desk)
    weights = found.all("w").reshape(-1)
    here = desk.cell if desk.cell and desk.selected.shape == found.values["w"].shape else None
    spec = Levels(
        weights.tolist(),
        float(np.abs(weights).max()),
        found.one("scale"),
        found.list("back"),
        found.list("codes"),
        None if here is None else int(np.ravel_multi_index(here, found.values["w"].shape)),
    )
    return levels(spec, width, height, look)


def errors(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The error of each weight (the weights, before there is one), and what is lost in all.

    The strongest colour is a row's usual largest weight, so that an outlier does not pale the rest.
    """
    found = _Found(desk)
    weights = found.all("W")
    shown = found.all("error") if "error" in found.there else weights
    usual = float(np.median(np.abs(weights).max(axis=1)))
    names = [name for name in SHARES if name in found.there]
    room = height - (len(names) + 1 if names else 0)
    heat = HeatMap(Matrix(values=shown, largest=usual or None), width, max(1, room), look)
    strips = heat.strips(width)[: max(1, room)]
    if names:
        told = [float(found.all(name).reshape(-1)[0]) for name in names]
        strips = [*strips, blank(width)]
        strips += bars(Bars(names, told, largest=1.0), width, len(names), look).strips
    return Picture(strips)


def law(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """Sizes and losses on logarithmic axes, the line through them, hollow: what was not fitted."""
    found = _Found(desk)
    floor = float(found.all("E"))
    x, y = found.all("x"), found.all("y")
    ahead = np.log10(found.all("N_next").reshape(-1))
    above = found.all("L_real").reshape(-1) - floor
    with np.errstate(all="ignore"):
        real = np.log10(above)
    known = found.one("line") is not None
    slope, level = found.one("slope"), found.one("level")
    spec = Scatter(
        x,
        y,
        line=(slope, level) if known and slope is not None and level is not None else None,
        selected=found.place(found.values["N"]),
        others=(ahead, real) if "gap" in found.there else None,
        x_label="x",
        y_label="y",
        x_limits=_limits(np.append(x, ahead)),
        y_limits=_limits(np.append(y, real)),
    )
    return scatter(spec, width, height, look)


def _limits(numbers: np.ndarray) -> tuple[float, float]:
    finite = numbers[np.isfinite(numbers)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    room = MARGIN * (high - low) or 1.0
    return low - room, high + room


def memory(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """What takes how many GB, as far as it has been added up."""
    found = _Found(desk)
    names = [name for name in BYTES if name in found.there]
    told = [float(found.all(name)) for name in names]
    largest = float(found.all("total"))
    return bars(Bars(names, told, largest=largest), width, min(height, len(BYTES)), look)


def timeline(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The rows of ``models``: year, size, and whether it decodes and was trained on dialogue."""
    found = _Found(desk)
    models = found.values["models"]
    year, size, decodes, talks = found.all("models").T.tolist()
    names = models.labels[0] if models.labels else None
    spec = Years(
        names or tuple(map(str, range(len(year)))),
        year,
        size,
        [bool(one) for one in decodes],
        [bool(one) for one in talks],
        found.place(models),
    )
    return years(spec, width, height, look)

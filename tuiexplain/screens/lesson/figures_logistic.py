"""The picture of logistic regression: the curve, the points, the boundary and the losses."""

from __future__ import annotations

import numpy as np

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.value import Value
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture
from tuiexplain.views.s_curve import SCurve
from tuiexplain.views.s_curve import s_curve as draw

LOSSES = ("losses", "squares")
"""What a lesson may call the loss of each point."""


def s_curve(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """P over x, the targets (without them: the answers), and each point's loss once there."""
    names = {value.name: value for value in desk.trace.values}
    exists = desk.session.bench.player.exists

    def numbers(name: str) -> np.ndarray:
        return desk.trace.data(names[name]).reshape(-1)

    def line(mark: str) -> tuple[float, float]:
        def there(name: str) -> Value:
            new = names.get(name + mark)
            return new if new is not None and exists(new) else names[name]

        w, b = (float(desk.trace.data(there(name)).reshape(-1)[0]) for name in "wb")
        return w, b

    x = numbers("x")
    if "t" in names:
        y = numbers("t")
    else:
        y = numbers("p") if exists(names["p"]) else np.full(x.shape, np.nan)
    losses = next((name for name in LOSSES if name in names), None)
    before, after = line(""), line("'")
    shape = desk.selected.shape
    known = x[np.isfinite(x)]
    low, high = float(known.min(initial=0.0)), float(known.max(initial=0.0))
    spec = SCurve(
        x,
        y,
        after,
        (1.1 * low, max(6.0, 1.1 * high)),
        losses=numbers(losses) if losses and exists(names[losses]) else None,
        rival=before if after != before else None,
        residuals="t" in names and exists(names["p"]),
        selected=desk.cell[0] if shape and shape[0] == x.size else None,
        x_label="x",
        y_label="p",
        losses_label=losses or "",
        boundary="p = ½, x =",
    )
    return draw(spec, width, height, look)

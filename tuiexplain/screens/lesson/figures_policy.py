"""Pictures of a policy: how likely each of a few answers is, by the scores ``z``."""

from __future__ import annotations

import numpy as np

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.views.bars import Bars, bars
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Picture


def policy(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """What is said now; what the reference says is marked."""
    return _drawn(desk, np.exp(_numbers(desk, "log_p0")), width, height, look)


def policy_best(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """What is said now; the best policy is marked once it has been computed."""
    there = desk.session.bench.player.exists(desk.trace.value("best"))
    return _drawn(desk, _numbers(desk, "best") if there else None, width, height, look)


def _drawn(desk: Desk, marks: np.ndarray | None, width: int, height: int, look: Look) -> Picture:
    updated = next((v for v in desk.trace.values if v.name == "z'"), None)
    moved = updated is not None and desk.session.bench.player.exists(updated)
    powers = np.exp(_numbers(desk, "z'" if moved else "z"))
    shares = powers / powers.sum()
    labels = desk.trace.value("z").labels
    names = labels[0] if labels and labels[0] else [str(i) for i in range(len(shares))]
    chosen = desk.cell[0] if desk.cell and desk.selected.shape == shares.shape else None
    rivals = None if marks is None else marks.tolist()
    spec = Bars(names, shares.tolist(), rivals, chosen, largest=1.0)
    return bars(spec, width, min(height, len(shares)), look)


def _numbers(desk: Desk, name: str) -> np.ndarray:
    return desk.trace.data(desk.trace.value(name))

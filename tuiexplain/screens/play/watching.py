"""What is measured of a run as it is watched: at each frame, and wherever one looks."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from tuiexplain.play.play import Play

MOST = 2048
"""Steps at which measures are kept; then every second one is let go."""


class Watched:
    """The measures of one run, by step."""

    def __init__(self) -> None:
        self._found: dict[int, dict[str, float]] = {}

    def at(self, play: Play, step: int) -> dict[str, float]:
        """The measures at a step, and its loss."""
        if step not in self._found:
            if len(self._found) >= MOST:
                kept = sorted(self._found)[::2]
                self._found = {k: self._found[k] for k in kept}
            self._found[step] = {n: play.measured(n, step) for n in play.run.measures}
        found = dict(self._found[step])
        losses = play.run.losses
        if len(losses):
            found["loss"] = float(losses[min(step, len(losses) - 1)])
        return found

    def series(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """The steps at which a measure was taken, rising, and its numbers."""
        steps = sorted(k for k, told in self._found.items() if math.isfinite(told[name]))
        return np.array(steps, dtype=int), np.array([self._found[k][name] for k in steps])

    def cut(self, length: int) -> None:
        """Forget what lies beyond ``length`` steps: another past has begun."""
        self._keep(k for k in self._found if k < length)

    def clear(self) -> None:
        """Forget everything."""
        self._found.clear()

    def _keep(self, steps: Iterable[int]) -> None:
        self._found = {k: self._found[k] for k in list(steps)}

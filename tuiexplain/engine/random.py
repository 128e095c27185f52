"""The engine's one source of chance: the same seed gives the same numbers on every machine."""

from __future__ import annotations

import numpy as np

_seed: int | None = None
_generator: np.random.Generator | None = None
"""Made when something is drawn: a training step that draws nothing pays nothing for its seed."""


def manual_seed(seed: int) -> None:
    """Start the random numbers over from ``seed``."""
    global _seed, _generator
    _seed, _generator = seed, None


def generator() -> np.random.Generator:
    """The generator that everything random here draws from."""
    global _generator
    if _generator is None:
        _generator = np.random.default_rng(_seed)
    return _generator

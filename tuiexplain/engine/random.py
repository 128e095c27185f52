"""The engine's one source of chance: the same seed gives the same numbers on every machine."""

from __future__ import annotations

import numpy as np

_generator = np.random.default_rng()


def manual_seed(seed: int) -> None:
    """Start the random numbers over from ``seed``."""
    global _generator
    _generator = np.random.default_rng(seed)


def generator() -> np.random.Generator:
    """The generator that everything random here draws from."""
    return _generator

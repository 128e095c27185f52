"""Random numbers as a function of (seed, purpose, place): nothing is drawn "after" anything.

So step 500 draws the same data and the same dropout masks whether the run came there from step 0
or was resumed at 499, and an evaluation in between changes nothing.
"""

from __future__ import annotations

import zlib

import numpy as np


def generator(seed: int, purpose: str, *place: int) -> np.random.Generator:
    """The generator for one purpose ("batch", "dropout", ...) at one place (a step, ...)."""
    return np.random.Generator(np.random.PCG64(_sequence(seed, purpose, place)))


def torch_seed(seed: int, purpose: str, *place: int) -> int:
    """A seed for ``torch.manual_seed``, likewise."""
    return int(_sequence(seed, purpose, place).generate_state(1, np.uint64)[0] >> np.uint64(1))


def _sequence(seed: int, purpose: str, place: tuple[int, ...]) -> np.random.SeedSequence:
    # crc32: a number for a word that is the same in every process, unlike hash().
    return np.random.SeedSequence([seed, zlib.crc32(purpose.encode()), *place])

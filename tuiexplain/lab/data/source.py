"""What a trainer asks of data: batches by step, windows to evaluate on. NumPy arrays, no torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Inputs = npt.NDArray[Any]
Targets = npt.NDArray[np.int64]


class Source(Protocol):
    """Examples to learn from (`train`) and examples held out (`val`)."""

    classes: int
    """How many answers there are: the size of the vocabulary, or ten digits."""

    def batch(self, seed: int, index: int, size: int) -> tuple[Inputs, Targets]:
        """The batch of this index, a function of (seed, index) alone."""
        ...

    def evaluation(self, split: str, batches: int, size: int) -> Iterator[tuple[Inputs, Targets]]:
        """At most `batches` batches, the same at every call: evaluations differ by the model."""
        ...

    def describe(self) -> str:
        """In words, for a person."""
        ...

    def fingerprint(self) -> str:
        """Differs when the examples differ."""
        ...

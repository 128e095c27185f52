"""Values: the arrays of a trace, described. Their numbers stay with the trace that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a value is for."""

    INPUT = "input"
    TARGET = "target"
    PARAMETER = "parameter"
    ACTIVATION = "activation"
    GRADIENT = "gradient"
    LOSS = "loss"
    STATE = "optimiser state"
    BUFFER = "buffer"


class Source(StrEnum):
    """Where a value comes from that no event of its trace made."""

    DATA = "data"
    SEED = "seed"
    LESSON = "lesson"
    STEP = "step"
    SELF = "self"
    EDIT = "edit"
    GIVEN = "given"


class Origin(NamedTuple):
    """The end of a chain of causes.

    ``detail`` names the data set, the initialisation or the editor; ``step`` is the training step
    that made the value (for ``Source.STEP``; there ``detail`` is its name in that step, where it is
    not the same with a ′), ``seed`` the seed that drew it (for ``Source.SEED``).
    """

    source: Source
    detail: str = ""
    step: int | None = None
    seed: int | None = None


GIVEN = Origin(Source.GIVEN)


@dataclass(frozen=True)
class Value:
    """An array with a name.

    ``axes`` names each axis; ``labels`` names the positions along an axis, where they have names
    (the features of a table, say). ``of`` is the id of the value that a gradient is the gradient
    of. ``producer`` is the index of the event that made it, ``None`` for one that was there before.
    """

    id: int
    name: str
    kind: Kind
    shape: tuple[int, ...]
    axes: tuple[str, ...]
    of: int | None = None
    producer: int | None = None
    origin: Origin = GIVEN
    labels: tuple[tuple[str, ...] | None, ...] = ()

    @property
    def size(self) -> int:
        """The number of cells."""
        total = 1
        for length in self.shape:
            total *= length
        return total

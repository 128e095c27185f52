"""What can be watched of a run, and what was seen: names and small arrays. Imports no torch."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

SAMPLES = 4096
"""Numbers of a tensor, evenly spaced, that a histogram is made of."""
EXAMPLES = 60
"""Tokens of the held-out line, about."""

_LENGTH = struct.Struct("<I")


class Kind(StrEnum):
    """What kind of thing is watched."""

    WEIGHT = "weight"
    GRADIENT = "gradient"
    ACTIVATION = "activation"
    ATTENTION = "attention"
    LAYERS = "layers"
    TOKENS = "tokens"
    CHANGE = "change"


@dataclass(frozen=True)
class Sight:
    """One thing to watch; ``of`` names the parameter, or the module.

    - weight, gradient, activation: ``picture`` (rows, columns) is the tensor as a matrix, every
      so-manieth row and column of it; ``samples`` numbers of it to be counted; ``sums`` its mean,
      norm, least and greatest. The gradient is the one that made the last update, clipped.
    - attention: ``weights`` (heads, queries, keys), of one held-out line.
    - layers: for each parameter, in the order of :attr:`Scene.parameters`, ``gradient`` its norm
      and ``ratio`` the last update's size by the weights' size, both of samples.
    - change: ``moved``, for each of :attr:`Scene.changes` how far its weight went, by the size that
      it had; ``singular``, the singular values of the change of the one that is meant.
    - tokens: for each token of a held-out line, the ``loss`` of telling it from those before, and
      the likeliest ``guess``.
    """

    kind: Kind
    of: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.of}"

    @classmethod
    def parse(cls, text: str) -> Sight:
        """The reverse of ``str``; ValueError where there is no such kind."""
        kind, _, of = text.partition(":")
        return cls(Kind(kind), of)


@dataclass(frozen=True)
class Seen:
    """What a sight showed after an update."""

    sight: Sight
    step: int
    """Updates done."""
    watch: int
    """Which `Watch` asked for it."""
    arrays: dict[str, Array]

    def pack(self) -> bytes:
        """For the window."""
        arrays = {name: np.ascontiguousarray(a) for name, a in self.arrays.items()}
        head = {
            "sight": str(self.sight),
            "step": self.step,
            "watch": self.watch,
            "arrays": [[name, a.dtype.str, a.shape] for name, a in arrays.items()],
        }
        told = json.dumps(head).encode()
        return b"".join(
            (_LENGTH.pack(len(told)), told, *(array.tobytes() for array in arrays.values()))
        )

    @classmethod
    def unpack(cls, content: bytes) -> Seen:
        """The reverse of `pack`."""
        (length,) = _LENGTH.unpack_from(content)
        at = _LENGTH.size + length
        head = json.loads(content[_LENGTH.size : at])
        arrays: dict[str, Array] = {}
        for name, kind, shape in head["arrays"]:
            count = int(np.prod(shape))
            arrays[name] = np.frombuffer(content, kind, count, at).reshape(shape)
            at += arrays[name].nbytes
        return cls(Sight.parse(head["sight"]), head["step"], head["watch"], arrays)

"""Absmax quantisation: whole numbers of few bits, and one scale for a group of weights.

q = round(w · most / max|w|), with most = 127 for 8 bits and 7 for 4; w ≈ q · max|w| / most.
Dettmers et al., "LLM.int8()" (2022), section 2.1. NumPy only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuiexplain.lab.errors import LabError

BITS = (8, 4)


class Quantised(NamedTuple):
    """Weights as whole numbers, and for each group the number that one of them is worth.

    ``codes`` has the shape of the weights; ``scales`` is (groups, 1) over the weights laid out as
    (groups, weights of a group).
    """

    codes: np.ndarray
    scales: np.ndarray
    bits: int

    def weights(self) -> np.ndarray:
        """The weights that the codes stand for."""
        rows = self.codes.reshape(len(self.scales), -1)
        return (rows * self.scales).reshape(self.codes.shape)

    @property
    def bytes(self) -> int:
        """What the codes and their scales (16 bits each) take, packed."""
        return -(-self.codes.size * self.bits // 8) + 2 * self.scales.size


def quantise(weights: np.ndarray, bits: int = 8, group: str | int = "tensor") -> Quantised:
    """``weights`` in ``bits``; one scale per ``"tensor"``, per ``"row"``, or per so many weights.

    A group of zeros keeps its zeros. Raises LabError for other bits, and for groups that do not
    divide the rows.
    """
    if bits not in BITS:
        raise LabError(f"bits={bits}: weights are kept in 8 or 4 bits.")
    rows = _groups(np.asarray(weights, dtype=np.float64), group)
    most = 2 ** (bits - 1) - 1
    largest = np.abs(rows).max(axis=1, keepdims=True)
    scales = np.where(largest > 0, largest, 1.0) / most
    codes = np.round(rows / scales).astype(np.int8)
    return Quantised(codes.reshape(np.shape(weights)), scales, bits)


def _groups(weights: np.ndarray, group: str | int) -> np.ndarray:
    if group == "tensor":
        return weights.reshape(1, -1)
    row = weights.shape[-1] if weights.ndim else 1
    size = row if group == "row" else group
    if not isinstance(size, int) or size < 1 or row % size:
        raise LabError(f"group={group}: rows of {row} weights are not made of such groups.")
    return weights.reshape(-1, size)


def relative_error(weights: np.ndarray, kept: Quantised) -> float:
    """‖w − ŵ‖ / ‖w‖: the share of the weights that quantisation loses."""
    weights = np.asarray(weights, dtype=np.float64)
    return float(np.linalg.norm(weights - kept.weights()) / np.linalg.norm(weights))

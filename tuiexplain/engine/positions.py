"""Telling a network where a token stands."""

from __future__ import annotations

import numpy as np

import tuiexplain.engine.functional as F
from tuiexplain.engine.tensors import Tensor


def angles(length: int, dim: int, base: float = 10_000.0) -> np.ndarray:
    """Position · base^(−2i/dim) for each pair of features: (length, dim / 2)."""
    if dim % 2:
        raise ValueError(f"positions: {dim} features make no pairs; use an even number.")
    rates = base ** (-np.arange(0, dim, 2) / dim)
    return np.arange(length)[:, None] * rates


def sinusoidal_positions(length: int, dim: int) -> Tensor:
    """Sine and cosine of each angle side by side: (length, dim).

    Vaswani et al., "Attention Is All You Need" (2017), section 3.5.
    """
    turned = angles(length, dim)
    return Tensor(np.stack([np.sin(turned), np.cos(turned)], axis=-1).reshape(length, dim))


def rotate(x: Tensor, turned: np.ndarray) -> Tensor:
    """Each pair of features of (…, T, dim) turned by its angle (T, dim / 2): rotary positions.

    (a, b) → (a·cos − b·sin, a·sin + b·cos). Su et al., "RoFormer" (2021), section 3.2.2.
    """
    cos, sin = Tensor(np.cos(turned)), Tensor(np.sin(turned))
    a, b = x[..., 0::2], x[..., 1::2]
    pairs = F.stack([a * cos - b * sin, a * sin + b * cos], dim=-1)
    return pairs.flatten(-2)

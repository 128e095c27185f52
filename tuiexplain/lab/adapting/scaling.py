"""What size costs: power laws, operations, memory. Formulas and their sources; NumPy only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tuiexplain.lab.errors import LabError


class PowerLaw(NamedTuple):
    """loss = scale · size^(−exponent): a straight line on log-log paper."""

    scale: float
    exponent: float

    def at(self, size: float) -> float:
        """The loss that the law says for a size."""
        return float(self.scale * size**-self.exponent)


def fit_power_law(sizes: Sequence[float], losses: Sequence[float]) -> PowerLaw:
    """Least squares on the logarithms. Kaplan et al., "Scaling Laws" (2020), equation 1.1."""
    if len(sizes) != len(losses) or len(set(sizes)) < 2:
        raise LabError("a power law needs the losses of two sizes at least.")
    if min(*sizes, *losses) <= 0:
        raise LabError("a power law is fitted to sizes and losses above 0.")
    slope, level = np.polyfit(np.log(sizes), np.log(losses), 1)
    return PowerLaw(float(math.exp(level)), float(-slope))


def training_operations(parameters: float, tokens: float) -> float:
    """C = 6·N·D floating-point operations: two forward and four backward for each weight.

    Kaplan et al. (2020), section 2.1; attention's own products are left out.
    """
    return 6.0 * parameters * tokens


class Shape(NamedTuple):
    """The shape of a decoder or encoder of the Transformer family."""

    layers: int
    width: int
    heads: int
    vocabulary: int
    context: int
    feed_forward: int = 0
    """Numbers inside the feed-forward network; 0: four times the width."""
    gated: bool = False
    """A feed-forward network with three matrices, and norms without biases (LLaMA)."""
    biases: bool = True
    tied: bool = True
    """One matrix for a token on the way in and on the way out."""
    learned_positions: bool = True
    key_value_heads: int = 0
    """Heads of keys and values; 0: as many as ``heads``."""

    @property
    def inside(self) -> int:
        return self.feed_forward or 4 * self.width

    @property
    def parameters(self) -> int:
        """Every weight, bias and norm, counted matrix by matrix."""
        d, kept = self.width, self.width * (self.key_value_heads or self.heads) // self.heads
        attention = 2 * d * d + 2 * d * kept
        matrices = (3 if self.gated else 2) * d * self.inside
        biases = (2 * d + 2 * kept + self.inside + d) if self.biases else 0
        norm = d if self.gated else 2 * d
        tables = self.vocabulary * d * (1 if self.tied else 2)
        tables += self.context * d if self.learned_positions else 0
        return self.layers * (attention + matrices + biases + 2 * norm) + tables + norm


NAMED: dict[str, Shape] = {
    # Radford et al. (2019); OpenAI's released weights.
    "GPT-2": Shape(12, 768, 12, 50257, 1024),
    "GPT-2 XL": Shape(48, 1600, 25, 50257, 1024),
    # Brown et al. (2020), table 2.1.
    "GPT-3": Shape(96, 12288, 96, 50257, 2048),
    # Touvron et al. (2023), table 2; the released configuration.
    "LLaMA-7B": Shape(
        32, 4096, 32, 32000, 2048, 11008, gated=True, biases=False, tied=False,
        learned_positions=False,
    ),
}  # fmt: skip


class Memory(NamedTuple):
    """Bytes."""

    weights: int
    gradients: int
    optimiser: int
    key_values: int

    @property
    def total(self) -> int:
        return sum(self)


def inference_memory(shape: Shape, bits: int, tokens: int = 0, kept_bytes: int = 2) -> Memory:
    """Weights of so many bits, and the keys and values of ``tokens`` tokens."""
    return Memory(shape.parameters * bits // 8, 0, 0, key_value_bytes(shape, tokens, kept_bytes))


def training_memory(
    shape: Shape, weight_bytes: int = 4, gradient_bytes: int = 4, trainable: int | None = None
) -> Memory:
    """Weights, gradients, and Adam's two numbers of 4 bytes for each weight that is trained.

    Without the activations, which depend on batch and context.
    """
    trained = shape.parameters if trainable is None else trainable
    return Memory(shape.parameters * weight_bytes, trained * gradient_bytes, trained * 8, 0)


def key_value_bytes(shape: Shape, tokens: int, kept_bytes: int = 2) -> int:
    """2 · layers · tokens · key-value width · bytes: what a cache of so many tokens takes."""
    kept = shape.width * (shape.key_value_heads or shape.heads) // shape.heads
    return 2 * shape.layers * tokens * kept * kept_bytes

"""The stages of a fast training step, as lines of NumPy: one table for what a layer may do.

Arrays are units by examples and made beforehand; every line writes into one of them. A stage reads
``{x}`` and writes ``{y}``; backward it reads ``{g}``, the gradient of ``{y}``, and writes that of
``{x}`` into ``{d}``. Numbers are arrays too: NumPy takes longer over a Python float than over a row.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuiexplain.engine.ops.activations import gelu_exact, gelu_exact_x
from tuiexplain.play.network import Head

NORM_EPS = 1e-5
LEAK = 0.01
MOMENTUM = 0.1
"""By how much a batch moves the running means of batch normalisation."""

NAMES = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "maximum": np.maximum,
    "negative": np.negative,
    "absolute": np.absolute,
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "where": np.where,
    "total": np.add.reduce,
    "largest": np.maximum.reduce,
    "gelu": gelu_exact,
    "gelu_slope": gelu_exact_x,
    "ZERO": np.array(0.0),
    "ONE": np.array(1.0),
    "LEAK": np.array(LEAK),
}
"""What the lines may call."""


class Lines(NamedTuple):
    """What a stage does on the way forward, and on the way back."""

    forward: tuple[str, ...]
    backward: tuple[str, ...]


LINEAR = Lines(("{w}.dot({x}, {y})",), ("{g}.dot({xt}, {dw})", "{back}.dot({g}, {whole})"))
"""``{w}`` is (out, in + 1), and the last row of ``{x}`` is ones; ``{back}`` is its transpose.

So ``{whole}`` has a row too many, under ``{d}``: to leave it out would take longer.
"""
FIRST_LINEAR = Lines(LINEAR.forward, LINEAR.backward[:1])
"""Nobody needs the gradient of the features."""
SKIPPED_LINEAR = Lines(LINEAR.forward, (*LINEAR.backward, "add({d}, {skipped}, {d})"))
"""Of a layer whose input is added at its end: ``{skipped}`` is the gradient there."""

RESIDUAL = Lines(("add({x}, {source}, {y})",), ())
"""Its gradient goes on as it is, and once more into what the layer read."""

DROPOUT = Lines(
    (
        "divide(draw({drawn}).T >= {share}, {kept}, {factor})",
        "multiply({x}, {factor}, {y})",
    ),
    ("multiply({g}, {factor}, {d})",),
)
"""``draw`` gives numbers from 0 to 1, an example a row, as the engine draws them."""

NORM = Lines(("{norm}.forward({x}, {y})",), ("{norm}.backward({g}, {d})",))

ACTIVATIONS = {
    "tanh": Lines(
        ("tanh({x}, {y})",),
        ("multiply({y}, {y}, {d})", "multiply({g}, {d}, {d})", "subtract({g}, {d}, {d})"),
    ),
    "relu": Lines(("maximum({x}, ZERO, out={y})",), ("multiply({g}, {y} > ZERO, {d})",)),
    "leaky_relu": Lines(
        ("multiply({x}, where({x} > ZERO, ONE, LEAK), {y})",),
        ("multiply({g}, where({y} > ZERO, ONE, LEAK), {d})",),
    ),
    "sigmoid": Lines(
        ("negative({x}, {y})", "exp({y}, {y})", "add({y}, ONE, {y})", "divide(ONE, {y}, {y})"),
        ("subtract(ONE, {y}, {d})", "multiply({d}, {y}, {d})", "multiply({g}, {d}, {d})"),
    ),
    "gelu": Lines(("{y}[...] = gelu({x})",), ("{d}[...] = gelu_slope({g}, {x})",)),
}
IN_PLACE = ("tanh", "relu", "leaky_relu", "sigmoid")
"""What needs only ``{y}`` on the way back: it may be written over ``{x}``."""

# -- from the sums of the output layer to the loss -------------------------------------------------
# ``answers`` has the shape of {x}; {flat} is {d} as one row. {d} is the gradient of the sums.

_SQUARES = "loss = float({flat}.dot({flat})) * {half}"
_SIGMOID = ACTIVATIONS["sigmoid"].forward

HEADS = {
    Head.NUMBER: Lines(
        ("subtract({x}, answers, {d})", _SQUARES),
        ("multiply({d}, {share}, {d})",),
    ),
    Head.SIGN: Lines(
        ("tanh({x}, {y})", "subtract({y}, answers, {d})", _SQUARES),
        (
            "multiply({d}, {share}, {d})",
            "multiply({y}, {y}, {y})",
            "multiply({d}, {y}, {y})",
            "subtract({d}, {y}, {d})",
        ),
    ),
    Head.CHANCE: Lines(
        (
            "multiply({x}, answers, {d})",
            "subtract(maximum({x}, ZERO), {d}, {d})",
            "add({d}, log1p(exp(-absolute({x}))), {d})",
            "loss = float(total({flat})) / {flat}.size",
        ),
        (
            *(line.replace("{y}", "{d}") for line in _SIGMOID),
            "subtract({d}, answers, {d})",
            "multiply({d}, {share}, {d})",
        ),
    ),
    Head.CHANCES: Lines(
        (
            "subtract({x}, largest({x}, 0), {x})",
            "exp({x}, {y})",
            "sums = total({y}, 0)",
            "loss = float(total(log(sums) - total({x} * answers, 0))) / len(sums)",
        ),
        (
            "divide({y}, sums, {d})",
            "subtract({d}, answers, {d})",
            "multiply({d}, {each}, {d})",
        ),
    ),
}


class Norm:
    """To mean 0 and deviation 1, then ``scale`` and ``shift``.

    Along ``axis``: 1 for the examples of a batch, whose means are then remembered in ``running``,
    or 0 for the units of a layer.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        axis: int,
        learnt: tuple[np.ndarray, ...],
        running: tuple[np.ndarray, ...],
    ) -> None:
        self.axis, self.count, self.running = axis, shape[axis], running
        scale, shift, self.dscale, self.dshift = learnt
        self.scale, self.shift = scale[:, None], shift[:, None]
        self.normed, self.root = np.empty(shape), np.empty(0)

    def _mean(self, of: np.ndarray) -> np.ndarray:
        return np.asarray(np.add.reduce(of, axis=self.axis, keepdims=True) / self.count)

    def forward(self, x: np.ndarray, y: np.ndarray) -> None:
        """Norm ``x`` into ``y``."""
        normed, mean = self.normed, self._mean(x)
        np.subtract(x, mean, normed)
        variance = self._mean(normed * normed)
        self.root = np.sqrt(variance + NORM_EPS)
        np.divide(normed, self.root, normed)
        np.multiply(normed, self.scale, y)
        np.add(y, self.shift, y)
        if self.running:
            unbiased = variance * (self.count / (self.count - 1))
            for running, now in zip(self.running, (mean, unbiased), strict=True):
                np.multiply(running, 1 - MOMENTUM, running)
                np.add(running, MOMENTUM * now[:, 0], running)

    def backward(self, g: np.ndarray, d: np.ndarray) -> None:
        """The gradient of what was normed, from that of what came of it."""
        np.add.reduce(g * self.normed, axis=1, out=self.dscale)
        np.add.reduce(g, axis=1, out=self.dshift)
        g = g * self.scale
        leaning = self._mean(g * self.normed)
        np.divide(g - self._mean(g) - self.normed * leaning, self.root, d)

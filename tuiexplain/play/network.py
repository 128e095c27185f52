"""What a design's network is made of: its layers, the names of its numbers, its answers."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from tuiexplain.play.dataset import Dataset
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.features import features


class Head(StrEnum):
    """What the output layer's sums become, and the loss of it."""

    SIGN = "sign"
    """tanh and half the mean squared error to −1 and +1, as in TensorFlow Playground."""
    CHANCE = "chance"
    """The probability of class 1: binary cross-entropy."""
    CHANCES = "chances"
    """The probability of each class: softmax and cross-entropy."""
    NUMBER = "number"
    """The sums themselves: half the mean squared error."""


class Network(NamedTuple):
    """The shape of a network; arrays in the order of the layers, the output layer the last."""

    inputs: tuple[str, ...]
    layers: tuple[Layer, ...]
    outputs: int
    head: Head

    @property
    def widths(self) -> tuple[int, ...]:
        """Features, units of each hidden layer, outputs."""
        return (len(self.inputs), *(layer.units for layer in self.layers), self.outputs)

    @property
    def depth(self) -> int:
        """How many layers have weights: they are W1 … W``depth``."""
        return len(self.layers) + 1

    def skips(self, at: int) -> bool:
        """Whether the input of hidden layer ``at`` (from 0) is added to what it puts out."""
        return self.layers[at].residual and self.widths[at] == self.widths[at + 1]

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The learnt numbers by name: ``W1`` (out, in), ``b1`` (out), ``scale1`` and ``shift1``."""
        found: dict[str, tuple[int, ...]] = {}
        for at, (wide, units) in enumerate(zip(self.widths, self.widths[1:], strict=False), 1):
            found[f"W{at}"], found[f"b{at}"] = (units, wide), (units,)
        for at, layer in enumerate(self.layers, 1):
            if layer.norm != "none":
                found[f"scale{at}"] = found[f"shift{at}"] = (layer.units,)
        return found

    def buffers(self) -> dict[str, tuple[int, ...]]:
        """What is kept but not learnt: the running means of batch normalisation."""
        return {
            f"norm{at}.running_{what}": (layer.units,)
            for at, layer in enumerate(self.layers, 1)
            if layer.norm == "batch"
            for what in ("mean", "var")
        }

    def names(self) -> dict[str, str]:
        """The names that are shown, by the paths of the parameters in the program."""
        found = {}
        for at in range(1, self.depth + 1):
            found[f"fc{at}.weight"], found[f"fc{at}.bias"] = f"W{at}", f"b{at}"
        for at, layer in enumerate(self.layers, 1):
            if layer.norm != "none":
                found[f"norm{at}.weight"], found[f"norm{at}.bias"] = f"scale{at}", f"shift{at}"
        return found

    def answers(self, targets: np.ndarray) -> np.ndarray:
        """The targets as the loss takes them: (rows, outputs), or class numbers for softmax."""
        if self.head is Head.CHANCES:
            return targets.astype(np.int64)
        if self.head is Head.SIGN:
            if self.outputs == 1:
                return np.where(targets == 1, 1.0, -1.0)[:, None]
            return np.where(targets[:, None] == np.arange(self.outputs), 1.0, -1.0)
        return targets.astype(np.float64)[:, None]


def network(design: Design, dataset: Dataset) -> Network:
    """The network of a design on these data."""
    classes = len(dataset.classes)
    if not classes:
        head, outputs = Head.NUMBER, 1
    elif design.loss == "square":
        head, outputs = Head.SIGN, 1 if classes == 2 else classes
    elif classes == 2:
        head, outputs = Head.CHANCE, 1
    else:
        head, outputs = Head.CHANCES, classes
    return Network(features(design, dataset), design.layers, outputs, head)

"""What a network says of any rows, by its numbers alone: in use, so nothing is dropped."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from tuiexplain.engine.ops.activations import gelu_exact
from tuiexplain.play.network import Head, Network
from tuiexplain.play.stages import LEAK, NORM_EPS

Numbers = Mapping[str, np.ndarray]

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
    "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
    "linear": lambda z: z,
    "leaky_relu": lambda z: np.where(z > 0, z, LEAK * z),
    "gelu": gelu_exact,
}


def layers(shape: Network, numbers: Numbers, x: np.ndarray) -> list[np.ndarray]:
    """What each layer puts out for ``x`` (rows, features): (rows, units) each, sums the last."""
    found = []
    with np.errstate(all="ignore"):
        for at, layer in enumerate(shape.layers, 1):
            z = x @ numbers[f"W{at}"].T + numbers[f"b{at}"]
            if layer.norm != "none":
                z = _normed(layer.norm, numbers, at, z)
            h = ACTIVATIONS[layer.activation](z)
            x = h + x if shape.skips(at - 1) else h
            found.append(x)
        at = shape.depth
        found.append(x @ numbers[f"W{at}"].T + numbers[f"b{at}"])
    return found


def _normed(norm: str, numbers: Numbers, at: int, z: np.ndarray) -> np.ndarray:
    if norm == "batch":
        mean, var = (numbers[f"norm{at}.running_{what}"] for what in ("mean", "var"))
    else:
        mean, var = z.mean(axis=1, keepdims=True), z.var(axis=1, keepdims=True)
    z = (z - mean) / np.sqrt(var + NORM_EPS)
    return z * numbers[f"scale{at}"] + numbers[f"shift{at}"]


def answers(shape: Network, sums: np.ndarray) -> np.ndarray:
    """What the sums of the output layer (rows, outputs) say: −1 … 1, probabilities, or numbers."""
    with np.errstate(all="ignore"):
        if shape.head is Head.SIGN:
            return np.asarray(np.tanh(sums))
        if shape.head is Head.CHANCE:
            return np.asarray(1.0 / (1.0 + np.exp(-sums)))
        if shape.head is Head.CHANCES:
            powers = np.exp(sums - sums.max(axis=1, keepdims=True))
            return np.asarray(powers / powers.sum(axis=1, keepdims=True))
        return sums


def classes(shape: Network, sums: np.ndarray) -> np.ndarray:
    """The class that is said of each row."""
    if shape.outputs == 1:
        return (sums[:, 0] > 0).astype(np.int64)
    return np.asarray(sums.argmax(axis=1))


def loss(shape: Network, sums: np.ndarray, wanted: np.ndarray) -> float:
    """The mean loss, without a penalty; ``wanted`` as :meth:`Network.answers` gives it."""
    if not len(sums):
        return float("nan")
    with np.errstate(all="ignore"):
        if shape.head is Head.CHANCE:
            each = np.maximum(sums, 0) - sums * wanted + np.log1p(np.exp(-np.abs(sums)))
            return float(each.mean())
        if shape.head is Head.CHANCES:
            low = sums - sums.max(axis=1, keepdims=True)
            right = low[np.arange(len(low)), wanted]
            return float((np.log(np.exp(low).sum(axis=1)) - right).mean())
        return float(((answers(shape, sums) - wanted) ** 2).mean() / 2)

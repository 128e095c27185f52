"""The last stage of a fast pass: from the output layer's sums to the loss, and its gradient."""

from __future__ import annotations

import numpy as np

from tuiexplain.play.network import Head

add, multiply, subtract = np.add, np.multiply, np.subtract


class Loss:
    """``x`` (outputs, examples) are the sums, ``answers`` of the same shape what they should say."""

    __slots__ = ("answers", "d", "x")

    def __init__(self, x: np.ndarray) -> None:
        self.x = x
        self.d = np.empty(x.shape)
        self.answers = np.empty(x.shape)

    def forward(self) -> float:
        """The loss of the batch."""
        raise NotImplementedError

    def backward(self) -> np.ndarray:
        """Its gradient by the sums."""
        raise NotImplementedError


class NumberLoss(Loss):
    """Half the mean squared error of the sums themselves."""

    __slots__ = ("flat", "half", "share")

    def __init__(self, x: np.ndarray) -> None:
        super().__init__(x)
        self.flat = self.d.reshape(-1)
        self.share, self.half = np.array(1.0 / x.size), 0.5 / x.size

    def forward(self) -> float:
        subtract(self.x, self.answers, self.d)
        return float(self.flat.dot(self.flat)) * self.half

    def backward(self) -> np.ndarray:
        multiply(self.d, self.share, self.d)
        return self.d


class SignLoss(NumberLoss):
    """Half the mean squared error of tanh of the sums."""

    __slots__ = ("slope", "y")

    def __init__(self, x: np.ndarray) -> None:
        super().__init__(x)
        self.y, self.slope = np.empty(x.shape), np.empty(x.shape)

    def forward(self) -> float:
        np.tanh(self.x, self.y)
        subtract(self.y, self.answers, self.d)
        return float(self.flat.dot(self.flat)) * self.half

    def backward(self) -> np.ndarray:
        d, slope = self.d, self.slope
        multiply(d, self.share, d)
        multiply(self.y, self.y, slope)
        multiply(d, slope, slope)
        subtract(d, slope, d)
        return d


class ChanceLoss(Loss):
    """Binary cross-entropy of the sigmoid of the sums."""

    __slots__ = ()

    def forward(self) -> float:
        x = self.x
        losses = np.maximum(x, 0.0) - x * self.answers + np.log1p(np.exp(-np.abs(x)))
        return float(np.add.reduce(losses, axis=None)) / x.size

    def backward(self) -> np.ndarray:
        d = self.d
        np.negative(self.x, d)
        np.exp(d, d)
        add(d, 1.0, d)
        np.divide(1.0, d, d)
        subtract(d, self.answers, d)
        multiply(d, 1.0 / d.size, d)
        return d


class ChancesLoss(Loss):
    """Cross-entropy of the softmax of the sums; ``answers`` has a 1 for each right class."""

    __slots__ = ("share",)

    def __init__(self, x: np.ndarray) -> None:
        super().__init__(x)
        self.share = np.array(len(x) / x.size)

    def forward(self) -> float:
        d = self.d
        subtract(self.x, self.x.max(axis=0), d)
        chances = np.exp(d)
        sums = np.add.reduce(chances, axis=0)
        losses = np.log(sums) - np.add.reduce(d * self.answers, axis=0)
        np.divide(chances, sums, d)
        return float(np.add.reduce(losses)) / len(losses)

    def backward(self) -> np.ndarray:
        d = self.d
        subtract(d, self.answers, d)
        multiply(d, self.share, d)
        return d


HEADS: dict[Head, type[Loss]] = {
    Head.SIGN: SignLoss,
    Head.CHANCE: ChanceLoss,
    Head.CHANCES: ChancesLoss,
    Head.NUMBER: NumberLoss,
}

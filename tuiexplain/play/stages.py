"""The stages of a fast pass through a network: preallocated arrays, wired once, units by examples.

Each stage reads the array of the one before and writes its own; ``backward`` takes the gradient of
what it wrote and returns that of what it read. Little is allocated while it trains, and numbers are
arrays too: NumPy takes longer over a Python float than over a row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray
Draws = Callable[[tuple[int, ...]], Array]

add, multiply, subtract = np.add, np.multiply, np.subtract
divide, maximum, tanh = np.divide, np.maximum, np.tanh
total = np.add.reduce
ZERO, ONE = np.array(0.0), np.array(1.0)
NORM_EPS = 1e-5
LEAK = 0.01
MOMENTUM = 0.1
"""By how much a batch moves the running means of batch normalisation."""


class Stage:
    """One operation on ``x`` (units, examples); ``y`` is what it makes of it."""

    __slots__ = ("d", "x", "y")

    def __init__(self, x: Array, y: Array) -> None:
        self.x, self.y = x, y
        self.d = np.empty(x.shape)

    def forward(self) -> None:
        raise NotImplementedError

    def backward(self, g: Array) -> Array:
        raise NotImplementedError


class Linear:
    """Weighted sums: ``w`` (out, in + 1) times ``x`` (in + 1, examples), whose last row is ones."""

    __slots__ = ("back", "d", "dw", "skip", "w", "x", "xt", "y")

    def __init__(self, w: Array, dw: Array, x: Array, y: Array, first: bool) -> None:
        self.w, self.dw, self.x, self.xt, self.y = w, dw, x, x.T, y
        self.back = None if first else w[:, :-1].T
        self.d = np.empty((w.shape[1] - 1, y.shape[1]))
        self.skip: Residual | None = None
        """The end of the layer, where what came in is added to it."""

    def forward(self) -> None:
        self.w.dot(self.x, self.y)

    def backward(self, g: Array) -> Array:
        g.dot(self.xt, self.dw)
        if self.back is not None:
            self.back.dot(g, self.d)
            if self.skip is not None:
                add(self.d, self.skip.g, self.d)
        return self.d


class Tanh(Stage):
    __slots__ = ()

    def forward(self) -> None:
        tanh(self.x, self.y)

    def backward(self, g: Array) -> Array:
        d = self.d
        multiply(self.y, self.y, d)
        multiply(g, d, d)
        subtract(g, d, d)
        return d


class Relu(Stage):
    __slots__ = ()

    def forward(self) -> None:
        maximum(self.x, ZERO, out=self.y)

    def backward(self, g: Array) -> Array:
        multiply(g, self.y > ZERO, self.d)
        return self.d


class LeakyRelu(Stage):
    __slots__ = ()

    def forward(self) -> None:
        multiply(self.x, np.where(self.x > 0, 1.0, LEAK), self.y)

    def backward(self, g: Array) -> Array:
        multiply(g, np.where(self.y > 0, 1.0, LEAK), self.d)
        return self.d


class Sigmoid(Stage):
    __slots__ = ()

    def forward(self) -> None:
        y = self.y
        np.negative(self.x, y)
        np.exp(y, y)
        add(y, ONE, y)
        divide(ONE, y, y)

    def backward(self, g: Array) -> Array:
        d = self.d
        subtract(ONE, self.y, d)
        multiply(d, self.y, d)
        multiply(g, d, d)
        return d


class Through(Stage):
    """An operation given as a function and its slope: neither is written into its place."""

    __slots__ = ("call", "slope")

    def __init__(self, x: Array, y: Array, call: Any, slope: Any) -> None:
        super().__init__(x, y)
        self.call, self.slope = call, slope

    def forward(self) -> None:
        self.y[...] = self.call(self.x)

    def backward(self, g: Array) -> Array:
        self.d[...] = self.slope(g, self.x)
        return self.d


class Norm(Stage):
    """To mean 0 and deviation 1, then ``scale`` and ``shift``.

    Along ``axis``: 1 for the examples of a batch, whose means are then remembered, or 0 for the
    units of a layer.
    """

    __slots__ = ("axis", "dscale", "dshift", "normed", "root", "running", "scale", "shift")

    def __init__(
        self, x: Array, y: Array, axis: int, learnt: tuple[Array, ...], running: tuple[Array, ...]
    ) -> None:
        super().__init__(x, y)
        self.axis = axis
        scale, shift, self.dscale, self.dshift = learnt
        self.scale, self.shift = scale[:, None], shift[:, None]
        self.running = running
        self.normed = np.empty(x.shape)

    def forward(self) -> None:
        count = self.x.shape[self.axis]
        mean = total(self.x, axis=self.axis, keepdims=True) / count
        subtract(self.x, mean, self.normed)
        squares = total(self.normed * self.normed, axis=self.axis, keepdims=True)
        self.root = np.sqrt(squares / count + NORM_EPS)
        divide(self.normed, self.root, self.normed)
        multiply(self.normed, self.scale, self.y)
        add(self.y, self.shift, self.y)
        if self.running:
            for running, now in zip(self.running, (mean, squares / (count - 1)), strict=True):
                multiply(running, 1 - MOMENTUM, running)
                add(running, MOMENTUM * now[:, 0], running)

    def backward(self, g: Array) -> Array:
        count = self.x.shape[self.axis]
        total(g * self.normed, axis=1, out=self.dscale)
        total(g, axis=1, out=self.dshift)
        g = g * self.scale
        common = total(g, axis=self.axis, keepdims=True) / count
        leaning = total(g * self.normed, axis=self.axis, keepdims=True) / count
        divide(g - common - self.normed * leaning, self.root, self.d)
        return self.d


class Dropout(Stage):
    """Some cells become 0, the others grow. ``draws`` gives numbers from 0 to 1, row by row."""

    __slots__ = ("draws", "factor", "share")

    def __init__(self, x: Array, y: Array, share: float, draws: Draws) -> None:
        super().__init__(x, y)
        self.share, self.draws = share, draws
        self.factor = np.empty(x.shape)

    def forward(self) -> None:
        units, examples = self.x.shape
        drawn = self.draws((examples, units)).T
        divide(drawn >= self.share, 1.0 - self.share, self.factor)
        multiply(self.x, self.factor, self.y)

    def backward(self, g: Array) -> Array:
        multiply(g, self.factor, self.d)
        return self.d


class Residual(Stage):
    """What came into the layer is added; :class:`Linear` adds the gradient that is due to that."""

    __slots__ = ("g", "source")

    def __init__(self, x: Array, y: Array, source: Array) -> None:
        super().__init__(x, y)
        self.source = source
        self.g = self.d

    def forward(self) -> None:
        add(self.x, self.source, self.y)

    def backward(self, g: Array) -> Array:
        self.g = g
        return g

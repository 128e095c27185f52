"""The optimisers over one flat vector: everything that is learnt moves at once."""

from __future__ import annotations

import numpy as np

from tuiexplain.play.code import decoupled
from tuiexplain.play.design import Design
from tuiexplain.play.layout import COUNT, Plan

add, divide, multiply, subtract = np.add, np.divide, np.multiply, np.subtract
EPS, ONE = np.array(1e-8), np.array(1.0)


class Rule:
    """Moves the first numbers of ``vector`` by ``gradient``; what it remembers follows them."""

    def __init__(
        self, design: Design, plan: Plan, vector: np.ndarray, gradient: np.ndarray
    ) -> None:
        n = plan.learnt
        self.p, self.g = vector[:n], gradient
        self.lr = np.array(float(design.lr))
        """The learning rate of the next update."""
        self.memory = {
            name: vector[n * at : n * (at + 1)] for at, name in enumerate(plan.memories, 1)
        }
        self.count = plan.layout[COUNT].of(vector) if plan.memories else np.zeros(1)
        self.t, self.s = np.empty(n), np.empty(n)
        self.mu, self.beta2 = np.array(float(design.momentum)), np.array(float(design.beta2))
        self.less1, self.less2 = np.array(1.0 - self.mu), np.array(1.0 - self.beta2)
        self.decay = decoupled(design)

    def apply(self) -> None:
        """One update."""
        raise NotImplementedError


class Sgd(Rule):
    def apply(self) -> None:
        multiply(self.g, self.lr, self.t)
        subtract(self.p, self.t, self.p)


class Momentum(Rule):
    def apply(self) -> None:
        add(self.count, ONE, self.count)
        v = self.memory["v"]
        multiply(v, self.mu, v)
        add(v, self.g, v)
        multiply(v, self.lr, self.t)
        subtract(self.p, self.t, self.p)


class Nesterov(Rule):
    def apply(self) -> None:
        add(self.count, ONE, self.count)
        v, t = self.memory["v"], self.t
        multiply(v, self.mu, v)
        add(v, self.g, v)
        multiply(v, self.mu, t)
        add(t, self.g, t)
        multiply(t, self.lr, t)
        subtract(self.p, t, self.p)


class Adaptive(Rule):
    """What scales each step by the running mean of its squared gradient."""

    def remember_squares(self) -> np.ndarray:
        """That running mean, this gradient included."""
        v, t = self.memory["v"], self.t
        multiply(self.g, self.g, t)
        multiply(t, self.less2, t)
        multiply(v, self.beta2, v)
        add(v, t, v)
        return v


class RmsProp(Adaptive):
    def apply(self) -> None:
        add(self.count, ONE, self.count)
        t, s = self.t, self.s
        np.sqrt(self.remember_squares(), s)
        add(s, EPS, s)
        multiply(self.g, self.lr, t)
        divide(t, s, t)
        subtract(self.p, t, self.p)


class Adam(Adaptive):
    """Also AdamW, whose decay shrinks what is learnt by itself."""

    def apply(self) -> None:
        add(self.count, ONE, self.count)
        updates = float(self.count[0])
        m, t, s = self.memory["m"], self.t, self.s
        v = self.remember_squares()
        multiply(self.g, self.less1, t)
        multiply(m, self.mu, m)
        add(m, t, m)
        if self.decay:
            multiply(self.p, 1.0 - self.lr * self.decay, self.p)
        divide(v, 1.0 - self.beta2**updates, s)
        np.sqrt(s, s)
        add(s, EPS, s)
        multiply(m, self.lr / (1.0 - self.mu**updates), t)
        divide(t, s, t)
        subtract(self.p, t, self.p)


RULES: dict[str, type[Rule]] = {
    "sgd": Sgd,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RmsProp,
    "adam": Adam,
    "adamw": Adam,
}

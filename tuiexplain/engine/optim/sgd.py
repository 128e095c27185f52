"""Gradient descent, with momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tuiexplain.engine.ops import updates as rows
from tuiexplain.engine.optim.optimizer import Optimizer, positive
from tuiexplain.engine.tensors import Tensor


class SGD(Optimizer):
    """p ← p − η·g; with momentum p ← p − η·v, where v ← μ·v + (1 − τ)·g (state ``v``).

    As in torch, the first step sets v to the gradient, without damping. ``weight_decay`` adds λ·p
    to the gradient; ``nesterov`` goes along g + μ·v.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        positive(lr=lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("SGD: Nesterov needs a momentum and no dampening.")
        options = {"lr": lr, "momentum": momentum, "dampening": dampening}
        super().__init__(params, {**options, "weight_decay": weight_decay, "nesterov": nesterov})

    def change(self, p: Tensor, g: np.ndarray, group: dict[str, Any]) -> None:
        lr, mu, decay = group["lr"], group["momentum"], group["weight_decay"]
        if not mu:
            self.replace(p, rows.SGD, (g,), lr=lr, weight_decay=decay)
            return
        dampening = group["dampening"] if "v" in self.state.get(p, {}) else 0.0
        v = self.remember(
            p, "v", rows.MOMENTUM, (g, p.data), momentum=mu, dampening=dampening, weight_decay=decay
        )
        if group["nesterov"]:
            self.replace(p, rows.NESTEROV, (v, g), lr=lr, momentum=mu, weight_decay=decay)
        else:
            self.replace(p, rows.ALONG, (v,), lr=lr)

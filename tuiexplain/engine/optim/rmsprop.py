"""RMSProp."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tuiexplain.engine.ops import updates as rows
from tuiexplain.engine.optim.optimizer import Optimizer, positive
from tuiexplain.engine.tensors import Tensor


class RMSprop(Optimizer):
    """p ← p − η·g / (√v + ε), where v is the running mean of g² (state ``v``).

    ``centered`` takes the running mean of g off (state ``m``); with ``momentum`` the scaled
    gradients build up (state ``b``). ``weight_decay`` adds λ·p to the gradient.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        positive(lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum)
        options = {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**options, "momentum": momentum, "centered": centered})

    def change(self, p: Tensor, g: np.ndarray, group: dict[str, Any]) -> None:
        decay = {"weight_decay": group["weight_decay"]}
        small = {"eps": group["eps"], **decay}
        centered, mu = group["centered"], group["momentum"]
        averages: tuple[np.ndarray, ...]
        averages = (self.remember(p, "v", rows.SQUARE, (g, p.data), beta=group["alpha"], **decay),)
        if centered:
            mean = self.remember(p, "m", rows.MEAN, (g, p.data), beta=group["alpha"], **decay)
            averages = (*averages, mean)
        if mu:
            row = rows.SCALED_CENTERED if centered else rows.SCALED
            b = self.remember(p, "b", row, (g, p.data, *averages), momentum=mu, **small)
            self.replace(p, rows.ALONG, (b,), lr=group["lr"])
        else:
            row = rows.RMSPROP_CENTERED if centered else rows.RMSPROP
            self.replace(p, row, (g, *averages), lr=group["lr"], **small)

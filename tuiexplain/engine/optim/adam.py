"""Adam, and AdamW."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tuiexplain.engine.ops import updates as rows
from tuiexplain.engine.optim.optimizer import Optimizer, positive
from tuiexplain.engine.tensors import Tensor


class Adam(Optimizer):
    """p ← p − η·m̂ / (√v̂ + ε), from the running means of g and of g² (states ``m`` and ``v``).

    The hats divide by 1 − βᵗ, because both start at 0. ``weight_decay`` adds λ·p to the gradient.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        positive(lr=lr, eps=eps, weight_decay=weight_decay)
        if not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"{type(self).__name__}: betas are from 0 up to below 1, not {betas}.")
        options = {"lr": lr, "betas": tuple(betas), "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, options)

    def change(self, p: Tensor, g: np.ndarray, group: dict[str, Any]) -> None:
        self.adapt(p, rows.ADAM, g, group, decay=group["weight_decay"])

    def adapt(
        self, p: Tensor, row: Any, g: np.ndarray, group: dict[str, Any], decay: float, **more: float
    ) -> None:
        """Both running means, then the parameter by ``row``."""
        beta1, beta2 = group["betas"]
        step = self.count(p)
        m = self.remember(p, "m", rows.MEAN, (g, p.data), beta=beta1, weight_decay=decay)
        v = self.remember(p, "v", rows.SQUARE, (g, p.data), beta=beta2, weight_decay=decay)
        options = {"lr": group["lr"], "beta1": beta1, "beta2": beta2, "eps": group["eps"], **more}
        self.replace(p, row, (m, v), step=step, **options)


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameter itself: p·(1 − η·λ), not the gradient."""

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)

    def change(self, p: Tensor, g: np.ndarray, group: dict[str, Any]) -> None:
        self.adapt(p, rows.ADAMW, g, group, decay=0.0, weight_decay=group["weight_decay"])

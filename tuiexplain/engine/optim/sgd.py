"""Gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tuiexplain.engine.ops import updates as rows
from tuiexplain.engine.optim.optimizer import Optimizer
from tuiexplain.engine.tensor import Tensor


class SGD(Optimizer):
    """p ← p − η·g. ``weight_decay`` adds λ·p to g."""

    def __init__(self, params: Iterable[Any], lr: float = 1e-3, weight_decay: float = 0.0) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay})

    def change(self, p: Tensor, g: np.ndarray, group: dict[str, Any]) -> None:
        self.replace(p, rows.SGD, (g,), lr=group["lr"], weight_decay=group["weight_decay"])

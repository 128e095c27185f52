"""Learning rates that change while training, with the names of ``torch.optim.lr_scheduler``.

Each is a formula of the number of steps alone, so any step of a run can be gone to.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from tuiexplain.engine.optim.optimizer import Optimizer


class LRScheduler:
    """Sets the learning rate of every group to :meth:`factor` times what it was at first."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.base_lrs = [float(group["lr"]) for group in optimizer.param_groups]
        self.last_epoch = 0
        self.go_to(0)

    def factor(self, steps: int) -> float:
        """What the learning rate is multiplied by after ``steps`` calls of :meth:`step`."""
        raise NotImplementedError

    def step(self) -> None:
        """One step on: call it after ``optimizer.step()``."""
        self.go_to(self.last_epoch + 1)

    def go_to(self, steps: int) -> None:
        """As after ``steps`` calls of :meth:`step`."""
        self.last_epoch = steps
        factor = self.factor(steps)
        for group, base in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            group["lr"] = base * factor

    def get_last_lr(self) -> list[float]:
        """The learning rate of each group now."""
        return [float(group["lr"]) for group in self.optimizer.param_groups]


class LambdaLR(LRScheduler):
    """By any function of the number of steps: ``lr_lambda(steps)``."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float]) -> None:
        self.lr_lambda = lr_lambda
        super().__init__(optimizer)

    def factor(self, steps: int) -> float:
        return float(self.lr_lambda(steps))


class ExponentialLR(LRScheduler):
    """Times ``gamma`` at every step."""

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = gamma
        super().__init__(optimizer)

    def factor(self, steps: int) -> float:
        return float(self.gamma**steps)


class StepLR(LRScheduler):
    """Times ``gamma`` after every ``step_size`` steps."""

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def factor(self, steps: int) -> float:
        return float(self.gamma ** (steps // self.step_size))


class CosineAnnealingLR(LRScheduler):
    """Half a wave from the first learning rate down to ``eta_min`` after ``T_max`` steps."""

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer)

    def factor(self, steps: int) -> float:
        return (1 + math.cos(math.pi * steps / self.T_max)) / 2

    def go_to(self, steps: int) -> None:
        super().go_to(steps)
        for group, base in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            group["lr"] = self.eta_min + (base - self.eta_min) * self.factor(steps)

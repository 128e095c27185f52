"""Optimisers, with the names of ``torch.optim``."""

from tuiexplain.engine.optim.optimizer import Optimizer
from tuiexplain.engine.optim.sgd import SGD

__all__ = ["SGD", "Optimizer"]

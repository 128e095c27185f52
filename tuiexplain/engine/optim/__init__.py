"""Optimisers, with the names of ``torch.optim``."""

from tuiexplain.engine.optim import lr_scheduler
from tuiexplain.engine.optim.adam import Adam, AdamW
from tuiexplain.engine.optim.optimizer import Optimizer
from tuiexplain.engine.optim.rmsprop import RMSprop
from tuiexplain.engine.optim.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler"]

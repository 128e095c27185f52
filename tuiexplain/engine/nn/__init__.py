"""Layers and networks, with the names of ``torch.nn``."""

from tuiexplain.engine.nn import functional, init
from tuiexplain.engine.nn.linear import Linear
from tuiexplain.engine.nn.module import Module
from tuiexplain.engine.nn.parameter import Parameter

__all__ = ["Linear", "Module", "Parameter", "functional", "init"]

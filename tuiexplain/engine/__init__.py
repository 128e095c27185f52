"""The engine floor: NumPy autodiff in float64, with PyTorch's names.

``nn``, ``optim`` and ``functional`` are what they are in PyTorch; tensors are made by ``tensor``
and its like. Importing this registers the engine's table of operations as the rulebook ``engine``.
"""

from tuiexplain.engine import creation, functional, nn, optim
from tuiexplain.engine.creation import *  # noqa: F403
from tuiexplain.engine.differences import gradcheck, numerical_gradient
from tuiexplain.engine.functional import *  # noqa: F403
from tuiexplain.engine.nn.parameter import Parameter
from tuiexplain.engine.random import manual_seed
from tuiexplain.engine.rulebook import EngineRulebook
from tuiexplain.engine.state import no_grad
from tuiexplain.engine.tensors import Tensor
from tuiexplain.trace.rulebook import register

__all__ = [
    "Parameter",
    "Tensor",
    "functional",
    "gradcheck",
    "manual_seed",
    "nn",
    "no_grad",
    "numerical_gradient",
    "optim",
]
__all__ += creation.__all__
__all__ += functional.__all__

register("engine", EngineRulebook())

"""The linear layer."""

from __future__ import annotations

import tuiexplain.engine.functional as F
from tuiexplain.engine.nn import init
from tuiexplain.engine.nn.module import Module
from tuiexplain.engine.nn.parameter import Parameter
from tuiexplain.engine.tensors import Tensor


class Linear(Module):
    """z = x·Wᵀ + b: (…, in_features) → (…, out_features).

    ``weight`` is (out_features, in_features). Both start uniform in ±1/√in_features, as in torch.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        self.in_features = in_features
        self.out_features = out_features
        bound = in_features**-0.5 if in_features else 0.0
        self.weight = init.empty_parameter(out_features, in_features, axes=("out", "in"))
        init.uniform_(self.weight, -bound, bound)
        self.weight.initialised_by = f"uniform ±1/√{in_features}"
        self.bias: Parameter | None = None
        if bias:
            self.bias = init.empty_parameter(out_features, axes=("out",))
            init.uniform_(self.bias, -bound, bound)
            self.bias.initialised_by = f"uniform ±1/√{in_features}"

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        bias = self.bias is not None
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={bias}"

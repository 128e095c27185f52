"""Layers that normalise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import tuiexplain.engine.functional as F
from tuiexplain.engine.nn.module import Module
from tuiexplain.engine.nn.parameter import Parameter
from tuiexplain.engine.tensors import Tensor


class LayerNorm(Module):
    """Each example by its own mean and variance over the last axes: the same in training and use.

    ``normalized_shape`` are the lengths of those axes; ``weight`` starts at 1, ``bias`` at 0.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        given = normalized_shape
        self.normalized_shape = (given,) if isinstance(given, int) else tuple(given)
        self.eps = eps
        affine = elementwise_affine
        self.weight = Parameter(np.ones(self.normalized_shape)) if affine else None
        self.bias = Parameter(np.zeros(self.normalized_shape)) if affine and bias else None

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}"


class BatchNorm1d(Module):
    """Each feature by its mean and variance over the batch: (N, C) or (N, C, L) → the same.

    While it trains it keeps running means of both (``running_mean``, ``running_var``), which stand
    in for them after :meth:`eval`.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.weight = Parameter(np.ones(num_features)) if affine else None
        self.bias = Parameter(np.zeros(num_features)) if affine else None
        tracked = track_running_stats
        self.running_mean: Tensor | None = None
        self.running_var: Tensor | None = None
        self.register_buffer("running_mean", Tensor(np.zeros(num_features)) if tracked else None)
        self.register_buffer("running_var", Tensor(np.ones(num_features)) if tracked else None)

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (2, 3) or input.shape[1] != self.num_features:
            wanted = f"(N, {self.num_features}) or (N, {self.num_features}, L)"
            raise ValueError(f"BatchNorm1d: takes shape {wanted}, not {input.shape}.")
        return F.batch_norm(
            input, self.running_mean, self.running_var, self.weight, self.bias,
            self.training, self.momentum, self.eps,
        )  # fmt: skip

    def extra_repr(self) -> str:
        return f"{self.num_features}, eps={self.eps}, momentum={self.momentum}"

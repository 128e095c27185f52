"""Recurrent layers: cells, which take one moment, and layers, which take a whole sequence."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

import tuiexplain.engine.functional as F
from tuiexplain.engine.nn import init
from tuiexplain.engine.nn.module import Module
from tuiexplain.engine.nn.parameter import Parameter
from tuiexplain.engine.recurrence import Weights, gru_step, lstm_step, rnn_step
from tuiexplain.engine.tensors import Tensor


class _Recurrent(Module):
    """Parameters of one cell or of several layers of them, uniform in ±1/√hidden as in torch."""

    gates: ClassVar[int] = 1

    def __init__(
        self, input_size: int, hidden_size: int, suffixes: tuple[str, ...], bias: bool
    ) -> None:
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        self._suffixes = suffixes
        rows, bound = self.gates * hidden_size, hidden_size**-0.5
        for layer, suffix in enumerate(suffixes):
            seen = hidden_size if layer else input_size
            shapes: dict[str, tuple[int, ...]] = {
                "weight_ih": (rows, seen),
                "weight_hh": (rows, hidden_size),
            }
            if bias:
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
            for name, shape in shapes.items():
                parameter = init.empty_parameter(*shape, axes=("gate", "in")[: len(shape)])
                init.uniform_(parameter, -bound, bound)
                parameter.initialised_by = f"uniform ±1/√{hidden_size}"
                setattr(self, name + suffix, parameter)

    def weights(self, layer: int = 0) -> Weights:
        """The parameters of one layer."""
        suffix = self._suffixes[layer]
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")[: 4 if self.bias else 2]
        found: list[Parameter] = [getattr(self, name + suffix) for name in names]
        return Weights(*found)

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}"


def _zeros(x: Tensor, size: int) -> Tensor:
    """A state from before the beginning, for inputs of shape (…, features)."""
    return Tensor(np.zeros((*x.shape[:-1], size)))


class _Cell(_Recurrent):
    def __init__(self, input_size: int, hidden_size: int, bias: bool = True) -> None:
        super().__init__(input_size, hidden_size, ("",), bias)


class RNNCell(_Cell):
    """One moment: (…, input_size), (…, hidden_size) → (…, hidden_size)."""

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        h = _zeros(input, self.hidden_size) if hx is None else hx
        return rnn_step(input, h, self.weights())


class GRUCell(_Cell):
    """One moment: (…, input_size), (…, hidden_size) → (…, hidden_size)."""

    gates = 3

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        h = _zeros(input, self.hidden_size) if hx is None else hx
        return gru_step(input, h, self.weights())


class LSTMCell(_Cell):
    """One moment: (…, input_size), (h, c) → (h', c'), each (…, hidden_size)."""

    gates = 4

    def forward(
        self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        h, c = hx or (_zeros(input, self.hidden_size),) * 2
        return lstm_step(input, h, c, self.weights())


class _Layers(_Recurrent):
    """A sequence (time, …, features), or (N, time, features) with ``batch_first``."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
    ) -> None:
        suffixes = tuple(f"_l{layer}" for layer in range(num_layers))
        super().__init__(input_size, hidden_size, suffixes, bias)
        self.num_layers, self.batch_first = num_layers, batch_first

    def moment(self, x: Tensor, kept: tuple[Tensor, ...], w: Weights) -> tuple[Tensor, ...]:
        """What is kept after one moment; its first part is what is shown."""
        raise NotImplementedError

    def through(
        self, input: Tensor, starts: list[tuple[Tensor, ...]]
    ) -> tuple[Tensor, list[Tensor]]:
        """What the last layer shows at each moment, and each part of what all layers keep."""
        time = 1 if self.batch_first and input.ndim == 3 else 0
        moments = [input[:, t] if time else input[t] for t in range(input.shape[time])]
        kept_at_last: list[tuple[Tensor, ...]] = []
        for layer in range(self.num_layers):
            kept, weights = starts[layer], self.weights(layer)
            shown = []
            for x in moments:
                kept = self.moment(x, kept, weights)
                shown.append(kept[0])
            moments = shown
            kept_at_last.append(kept)
        states = [F.stack(list(part)) for part in zip(*kept_at_last, strict=True)]
        return F.stack(moments, dim=time), states

    def starts(self, input: Tensor, given: tuple[Tensor, ...] | None, count: int) -> list[Any]:
        """What each layer has kept before the first moment: ``given``, or zeros."""
        if given is not None:
            return [tuple(part[layer] for part in given) for layer in range(self.num_layers)]
        first = input[:, 0] if self.batch_first and input.ndim == 3 else input[0]
        return [(_zeros(first, self.hidden_size),) * count] * self.num_layers


class RNN(_Layers):
    """h' = tanh(W_ih·x + b_ih + W_hh·h + b_hh), moment after moment."""

    def moment(self, x: Tensor, kept: tuple[Tensor, ...], w: Weights) -> tuple[Tensor, ...]:
        return (rnn_step(x, kept[0], w),)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]:
        shown, (h,) = self.through(input, self.starts(input, None if hx is None else (hx,), 1))
        return shown, h


class GRU(_Layers):
    """Gated: see :func:`tuiexplain.engine.recurrence.gru_step`."""

    gates = 3

    def moment(self, x: Tensor, kept: tuple[Tensor, ...], w: Weights) -> tuple[Tensor, ...]:
        return (gru_step(x, kept[0], w),)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]:
        shown, (h,) = self.through(input, self.starts(input, None if hx is None else (hx,), 1))
        return shown, h


class LSTM(_Layers):
    """Gated, with a memory of its own: see :func:`tuiexplain.engine.recurrence.lstm_step`."""

    gates = 4

    def moment(self, x: Tensor, kept: tuple[Tensor, ...], w: Weights) -> tuple[Tensor, ...]:
        return lstm_step(x, kept[0], kept[1], w)

    def forward(
        self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        shown, (h, c) = self.through(input, self.starts(input, hx, 2))
        return shown, (h, c)

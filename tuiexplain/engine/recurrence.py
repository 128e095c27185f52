"""One moment of a recurrent network, as functions of what comes in and what was kept.

The arithmetic is PyTorch's, gates in its order: LSTM i, f, g, o (input, forget, candidate, output),
GRU r, z, n (reset, update, candidate). Inputs are (…, features), states (…, hidden).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import tuiexplain.engine.functional as F

if TYPE_CHECKING:
    from tuiexplain.engine.tensors import Tensor


class Weights(NamedTuple):
    """The parameters of a cell: (gates·hidden, in), (gates·hidden, hidden), and two biases."""

    ih: Tensor
    hh: Tensor
    bias_ih: Tensor | None = None
    bias_hh: Tensor | None = None


def rnn_step(x: Tensor, h: Tensor, w: Weights, nonlinearity: str = "tanh") -> Tensor:
    """H' = tanh(W_ih·x + b_ih + W_hh·h + b_hh); ``nonlinearity`` may be ``"relu"``."""
    seen = F.linear(x, w.ih, w.bias_ih)
    kept = F.linear(h, w.hh, w.bias_hh)
    return F.relu(seen + kept) if nonlinearity == "relu" else F.tanh(seen + kept)


def lstm_step(x: Tensor, h: Tensor, c: Tensor, w: Weights) -> tuple[Tensor, Tensor]:
    """C' = f⊙c + i⊙g, h' = o⊙tanh(c'): what is kept, what is let in, what is shown."""
    gates = F.linear(x, w.ih, w.bias_ih) + F.linear(h, w.hh, w.bias_hh)
    i, f, g, o = parts(gates, 4)
    cell = F.sigmoid(f) * c + F.sigmoid(i) * F.tanh(g)
    return F.sigmoid(o) * F.tanh(cell), cell


def gru_step(x: Tensor, h: Tensor, w: Weights) -> Tensor:
    """H' = (1 − z)⊙n + z⊙h with n = tanh(W·x + b + r⊙(U·h + b'))."""
    seen = parts(F.linear(x, w.ih, w.bias_ih), 3)
    kept = parts(F.linear(h, w.hh, w.bias_hh), 3)
    r = F.sigmoid(seen[0] + kept[0])
    z = F.sigmoid(seen[1] + kept[1])
    n = F.tanh(seen[2] + r * kept[2])
    return (1 - z) * n + z * h


def parts(gates: Tensor, count: int) -> list[Tensor]:
    """The last axis cut into equal pieces."""
    size = gates.shape[-1] // count
    return [gates[..., k * size : (k + 1) * size] for k in range(count)]

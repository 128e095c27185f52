"""LSTM and GRU language models: a state is carried from token to token through gates."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tuiexplain.lab.models.cache import StateCache
from tuiexplain.lab.settings import Settings


class Recurrent(nn.Module):
    """Tokens in, scores for the next token out.

    The layers are PyTorch's `nn.LSTM` or `nn.GRU`. With ``arithmetic=explicit`` the same weights
    are used by the formulas written out below, where every gate can be seen.
    """

    context: int | None = None

    def __init__(self, settings: Settings, vocabulary: int) -> None:
        super().__init__()
        width = settings.width
        self.settings = settings
        self.explicit = settings.arithmetic == "explicit"
        self.embedding = nn.Embedding(vocabulary, width)
        kind = nn.LSTM if settings.model == "lstm" else nn.GRU
        between = settings.dropout if settings.layers > 1 else 0.0
        self.cells = kind(width, width, settings.layers, dropout=between, batch_first=True)
        self.drop = nn.Dropout(settings.dropout)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens: Tensor, cache: StateCache | None = None) -> Tensor:
        """tokens: (batch, tokens) of integers; scores: (batch, tokens, vocabulary).

        With a cache, `tokens` are those that come after the ones it has seen.
        """
        x = self.embedding(tokens)
        state = cache.state if cache is not None else None
        if state is None:
            zeros = x.new_zeros(self.settings.layers, x.shape[0], x.shape[2])
            state = (zeros, zeros) if isinstance(self.cells, nn.LSTM) else (zeros,)
        if self.explicit:
            y, state = self.unrolled(x, state)
        elif isinstance(self.cells, nn.LSTM):
            y, state = self.cells(x, state)
        else:
            y, h = self.cells(x, state[0])
            state = (h,)
        if cache is not None:
            cache.state = state
            cache.length += tokens.shape[1]
        return self.head(self.drop(y))

    def unrolled(self, x: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Layer by layer, token by token.

        x: (batch, tokens, width); each part of the state: (layers, batch, width).
        """
        cell = lstm_cell if isinstance(self.cells, nn.LSTM) else gru_cell
        ends: list[tuple[Tensor, ...]] = []
        for layer in range(self.settings.layers):
            weights = [
                getattr(self.cells, f"{name}_l{layer}")
                for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            ]
            now = tuple(part[layer] for part in state)
            outputs = []
            for x_t in x.unbind(dim=1):
                now = cell(x_t, now, *weights)
                outputs.append(now[0])
            x = torch.stack(outputs, dim=1)
            if layer < self.settings.layers - 1:
                x = nn.functional.dropout(x, self.cells.dropout, self.training)
            ends.append(now)
        return x, tuple(torch.stack(parts) for parts in zip(*ends, strict=True))

    def new_cache(self) -> StateCache:
        """A cache that has seen nothing."""
        return StateCache()


def lstm_cell(
    x: Tensor, state: tuple[Tensor, ...], W_x: Tensor, W_h: Tensor, b_x: Tensor, b_h: Tensor
) -> tuple[Tensor, ...]:
    """One token of an LSTM: what to let in, what to forget, what to write, what to show."""
    h, c = state
    gates = x @ W_x.T + b_x + h @ W_h.T + b_h
    i, f, g, o = gates.chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    h = o.sigmoid() * c.tanh()
    return h, c


def gru_cell(
    x: Tensor, state: tuple[Tensor, ...], W_x: Tensor, W_h: Tensor, b_x: Tensor, b_h: Tensor
) -> tuple[Tensor, ...]:
    """One token of a GRU: what to reset, how much of the old state stays."""
    (h,) = state
    r_x, z_x, n_x = (x @ W_x.T + b_x).chunk(3, dim=-1)
    r_h, z_h, n_h = (h @ W_h.T + b_h).chunk(3, dim=-1)
    r = (r_x + r_h).sigmoid()
    z = (z_x + z_h).sigmoid()
    n = (n_x + r * n_h).tanh()
    h = (1 - z) * n + z * h
    return (h,)

"""Attention, composed of its parts, so that each of them is an operation that can be looked at."""

from __future__ import annotations

import math

import numpy as np

import tuiexplain.engine.functional as F
from tuiexplain.engine.nn import init
from tuiexplain.engine.nn.linear import Linear
from tuiexplain.engine.nn.module import Module
from tuiexplain.engine.nn.parameter import Parameter
from tuiexplain.engine.tensors import Tensor


def causal_mask(length: int) -> Tensor:
    """True where a position may look: at itself and at what came before, (length, length)."""
    return Tensor(np.tri(length, dtype=bool))


def attention_weights(query: Tensor, key: Tensor, mask: Tensor | None = None) -> Tensor:
    """softmax(q·kᵀ / √d): (…, T, d), (…, S, d) → (…, T, S). Where ``mask`` is False, 0."""
    scores = query @ key.transpose(-2, -1)
    scaled = scores / math.sqrt(query.shape[-1])
    if mask is not None:
        scaled = F.where(mask, scaled, -math.inf)
    return F.softmax(scaled, dim=-1)


class MultiheadAttention(Module):
    """Each head looks at the positions for itself, and what they saw is put together again.

    As ``torch.nn.MultiheadAttention`` with ``batch_first=True``: query (N, T, E), key and value
    (N, S, E) → (N, T, E) and the weights of every head (N, heads, T, S), which torch gives with
    ``average_attn_weights=False``. ``mask`` is True where a position *may* look (T, S); torch's
    ``attn_mask`` is True where it may *not*.
    """

    def __init__(self, embed_dim: int, num_heads: int, bias: bool = True) -> None:
        if num_heads < 1 or embed_dim % num_heads:
            raise ValueError(
                f"MultiheadAttention: {num_heads} heads cannot share {embed_dim} numbers equally."
            )
        self.embed_dim, self.num_heads = embed_dim, num_heads
        self.in_proj_weight = init.empty_parameter(3 * embed_dim, embed_dim, axes=("out", "in"))
        init.xavier_uniform_(self.in_proj_weight)
        self.in_proj_bias: Parameter | None = None
        self.out_proj = Linear(embed_dim, embed_dim, bias=bias)
        if bias:
            self.in_proj_bias = init.empty_parameter(3 * embed_dim, axes=("out",))
            init.zeros_(self.in_proj_bias)
            assert self.out_proj.bias is not None
            init.zeros_(self.out_proj.bias)

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        q, k, v = (self.split(x, which) for which, x in enumerate((query, key, value)))
        weights = attention_weights(q, k, mask)
        return self.out_proj(self.merge(weights @ v)), weights

    def split(self, x: Tensor, which: int) -> Tensor:
        """Queries (0), keys (1) or values (2) of every head: (N, T, E) → (N, heads, T, E / heads)."""
        rows = slice(which * self.embed_dim, (which + 1) * self.embed_dim)
        bias = None if self.in_proj_bias is None else self.in_proj_bias[rows]
        projected = F.linear(x, self.in_proj_weight[rows], bias)
        heads = projected.reshape(*x.shape[:-1], self.num_heads, -1)
        return heads.transpose(-3, -2)

    def merge(self, heads: Tensor) -> Tensor:
        """What the heads saw, side by side: (N, heads, T, E / heads) → (N, T, E)."""
        return heads.transpose(-3, -2).flatten(-2)

    def extra_repr(self) -> str:
        return f"{self.embed_dim}, num_heads={self.num_heads}"

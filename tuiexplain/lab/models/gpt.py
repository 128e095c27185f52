"""A small GPT: a decoder-only Transformer, in the shape and under the names of GPT-2."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tuiexplain.lab.models.cache import KeyValueCache
from tuiexplain.lab.settings import Settings


class CausalSelfAttention(nn.Module):
    """Each token looks at itself and at the tokens before it, with several heads."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        width, bias = settings.width, settings.bias
        self.heads = settings.heads
        self.dropout = settings.dropout
        self.explicit = settings.arithmetic == "explicit"
        self.c_attn = nn.Linear(width, 3 * width, bias=bias)
        self.c_proj = nn.Linear(width, width, bias=bias)
        self.attn_dropout = nn.Dropout(settings.dropout)
        self.resid_dropout = nn.Dropout(settings.dropout)

    def forward(self, x: Tensor, cache: KeyValueCache | None = None, layer: int = 0) -> Tensor:
        """x: (batch, tokens, width), and so is the result."""
        batch, tokens, width = x.shape
        q, k, v = self.c_attn(x).split(width, dim=2)
        # (batch, heads, tokens, width of a head)
        q, k, v = (t.view(batch, tokens, self.heads, -1).transpose(1, 2) for t in (q, k, v))
        if cache is not None:
            k, v = cache.extend(layer, k, v)
        if self.explicit:
            y = self.attend(q, k, v)
        else:
            # More keys than queries: earlier tokens are in the cache, and a triangle that starts
            # at the upper left would hide them.
            aligned = tokens == k.shape[2]
            y = F.scaled_dot_product_attention(
                q,
                k,
                v,
                attn_mask=None if aligned or tokens == 1 else causal_mask(q, k),
                dropout_p=self.dropout if self.training else 0.0,
                is_causal=aligned and tokens > 1,
            )
        y = y.transpose(1, 2).reshape(batch, tokens, width)
        return self.resid_dropout(self.c_proj(y))

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """What the fused operation does, written out."""
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        scores = scores.masked_fill(~causal_mask(q, k), -math.inf)
        weights = F.softmax(scores, dim=-1)
        weights = self.attn_dropout(weights)
        return weights @ v

    def weights(self, x: Tensor) -> Tensor:
        """How much each token looks at each: (batch, heads, queries, keys). For those who watch."""
        batch, tokens, width = x.shape
        q, k, _ = self.c_attn(x).split(width, dim=2)
        q, k = (t.view(batch, tokens, self.heads, -1).transpose(1, 2) for t in (q, k))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        return F.softmax(scores.masked_fill(~causal_mask(q, k), -math.inf), dim=-1)


def causal_mask(q: Tensor, k: Tensor) -> Tensor:
    """(queries, keys): true where the key is not after the query; the last of both coincide."""
    queries, keys = q.shape[-2], k.shape[-2]
    return torch.ones(queries, keys, dtype=torch.bool, device=q.device).tril(keys - queries)


class MLP(nn.Module):
    """Each token by itself: four times as wide, and back."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.c_fc = nn.Linear(settings.width, 4 * settings.width, bias=settings.bias)
        self.c_proj = nn.Linear(4 * settings.width, settings.width, bias=settings.bias)
        self.dropout = nn.Dropout(settings.dropout)
        self.approximate = "tanh" if settings.gelu == "tanh" else "none"

    def forward(self, x: Tensor) -> Tensor:
        """x: (batch, tokens, width), and so is the result."""
        h = F.gelu(self.c_fc(x), approximate=self.approximate)
        return self.dropout(self.c_proj(h))


class Block(nn.Module):
    """Attention and MLP, each added to the stream that flows past them."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(settings.width, bias=settings.bias)
        self.attn = CausalSelfAttention(settings)
        self.ln_2 = nn.LayerNorm(settings.width, bias=settings.bias)
        self.mlp = MLP(settings)

    def forward(self, x: Tensor, cache: KeyValueCache | None = None, layer: int = 0) -> Tensor:
        """x: (batch, tokens, width), and so is the result."""
        x = x + self.attn(self.ln_1(x), cache, layer)
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    """Tokens in, scores for the next token out."""

    def __init__(self, settings: Settings, vocabulary: int) -> None:
        super().__init__()
        self.context = settings.context
        self.settings = settings
        self.transformer = nn.ModuleDict(
            {
                "wte": nn.Embedding(vocabulary, settings.width),
                "wpe": nn.Embedding(settings.context, settings.width),
                "drop": nn.Dropout(settings.dropout),
                "h": nn.ModuleList(Block(settings) for _ in range(settings.layers)),
                "ln_f": nn.LayerNorm(settings.width, bias=settings.bias),
            }
        )
        self.lm_head = nn.Linear(settings.width, vocabulary, bias=False)
        # One matrix for a token's vector on the way in and on the way out.
        self.transformer["wte"].weight = self.lm_head.weight
        self.apply(_initialise)
        for name, parameter in self.named_parameters():
            # GPT-2: what is added to the stream starts smaller the more is added.
            if name.endswith("c_proj.weight"):
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * settings.layers))

    def forward(self, tokens: Tensor, cache: KeyValueCache | None = None) -> Tensor:
        """tokens: (batch, tokens) of integers; scores: (batch, tokens, vocabulary).

        With a cache, `tokens` are those that come after the ones it holds.
        """
        start = 0 if cache is None else cache.length
        positions = torch.arange(start, start + tokens.shape[1], device=tokens.device)
        token_vectors = self.transformer["wte"](tokens)
        position_vectors = self.transformer["wpe"](positions)
        x = self.transformer["drop"](token_vectors + position_vectors)
        blocks: Any = self.transformer["h"]
        for layer, block in enumerate(blocks):
            x = block(x, cache, layer)
        x = self.transformer["ln_f"](x)
        return self.lm_head(x)

    def new_cache(self) -> KeyValueCache:
        """An empty cache, for up to `context` tokens: later positions have no vector."""
        return KeyValueCache(self.settings.layers)


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)

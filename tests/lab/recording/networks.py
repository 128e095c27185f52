"""Networks to record: one of each kind that the recorder must know."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Perceptron(nn.Module):
    """Every activation function once."""

    def __init__(self, activation: str = "tanh") -> None:
        super().__init__()
        self.activation = activation
        self.fc1 = nn.Linear(3, 5)
        self.fc2 = nn.Linear(5, 4)

    def forward(self, x: Tensor) -> Tensor:
        z1 = self.fc1(x)
        h = getattr(F, self.activation)(z1)
        y = self.fc2(h)
        return y


class Convolutional(nn.Module):
    """In-place ReLU, batch norm, both poolings, a strided and a grouped convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1),
            nn.BatchNorm2d(4),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2),
            nn.ReLU(inplace=True),
            nn.AvgPool2d(2),
        )
        self.head = nn.Linear(6, 3)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.features(images)
        flat = maps.flatten(1)
        scores = self.head(flat)
        return scores


class Recurrent(nn.Module):
    """A GRU written out, its outputs written into a tensor step by step."""

    def __init__(self, size: int = 4) -> None:
        super().__init__()
        self.inner = nn.Linear(3 + size, 2 * size)
        self.candidate = nn.Linear(3 + size, size)
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        h = x.new_zeros(x.shape[0], self.size)
        states = []
        for x_t in x.unbind(1):
            both = torch.cat([x_t, h], dim=1)
            r, z = torch.sigmoid(self.inner(both)).chunk(2, dim=1)
            n = torch.tanh(self.candidate(torch.cat([x_t, r * h], dim=1)))
            h = (1 - z) * n + z * h
            states.append(h)
        return torch.stack(states, dim=1)


class Attention(nn.Module):
    """Causal attention, written out or by ``scaled_dot_product_attention``."""

    def __init__(self, size: int, heads: int, explicit: bool) -> None:
        super().__init__()
        self.heads, self.explicit = heads, explicit
        self.qkv = nn.Linear(size, 3 * size)
        self.proj = nn.Linear(size, size)
        self.register_buffer("mask", torch.tril(torch.ones(16, 16)).view(1, 1, 16, 16))

    def forward(self, x: Tensor) -> Tensor:
        batch, time, size = x.shape
        q, k, v = self.qkv(x).split(size, dim=2)
        q = q.view(batch, time, self.heads, -1).transpose(1, 2)
        k = k.view(batch, time, self.heads, -1).transpose(1, 2)
        v = v.view(batch, time, self.heads, -1).transpose(1, 2)
        if self.explicit:
            att = (q @ k.transpose(-2, -1)) * (1.0 / k.shape[-1] ** 0.5)
            att = att.masked_fill(self.mask[:, :, :time, :time] == 0, float("-inf"))
            att = F.softmax(att, dim=-1)
            y = att @ v
        else:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        y = y.transpose(1, 2).contiguous().view(batch, time, size)
        return self.proj(y)


class Block(nn.Module):
    def __init__(self, size: int, heads: int, explicit: bool) -> None:
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.attn = Attention(size, heads, explicit)
        self.mlp = nn.Sequential(nn.Linear(size, 2 * size), nn.GELU(), nn.Linear(2 * size, size))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.ln1(x))
        x = x + self.mlp(self.ln2(x))
        return x


class Transformer(nn.Module):
    """A small GPT; the output layer shares the token embedding's weights."""

    def __init__(self, explicit: bool = True, blocks: int = 2) -> None:
        super().__init__()
        size, heads, vocabulary = 8, 2, 11
        self.tokens = nn.Embedding(vocabulary, size)
        self.positions = nn.Embedding(16, size)
        self.blocks = nn.ModuleList(Block(size, heads, explicit) for _ in range(blocks))
        self.ln = nn.LayerNorm(size)
        self.head = nn.Linear(size, vocabulary, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, idx: Tensor, targets: Tensor) -> Tensor:
        places = torch.arange(idx.shape[1], device=idx.device)
        x = self.tokens(idx) + self.positions(places)
        for block in self.blocks:
            x = block(x)
        logits = self.head(self.ln(x))
        loss = F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.reshape(-1))
        return loss

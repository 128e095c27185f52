"""The same in PyTorch."""

import math

import torch
import torch.nn.functional as F
from torch import nn, no_grad


class Sampler(nn.Module):
    """From scores to words: temperature, top-k, top-p, a draw."""

    def __init__(self, T, k, top_p, u):
        super().__init__()
        self.T, self.k, self.top_p = T, k, top_p
        self.register_buffer("u", u)

    def forward(self, logits):
        z = logits / self.T
        p = F.softmax(z, dim=0)
        # top-k: the k likeliest stay
        p_column = p.unsqueeze(1)
        likelier = p > p_column
        rank = likelier.sum(dim=1)
        keep_k = rank < self.k
        p_k = p * keep_k
        left_k = p_k.sum()
        q = p_k / left_k
        # top-p: the likeliest stay, until they make up top_p
        q_likelier = likelier * q
        before = q_likelier.sum(dim=1)
        keep_p = before < self.top_p
        q_p = q * keep_p
        left_p = q_p.sum()
        odds = q_p / left_p
        # a draw: where does u fall on the line of odds?
        line = torch.cumsum(odds, dim=0)
        u_column = self.u.unsqueeze(1)
        passed = line <= u_column
        drawn = passed.sum(dim=1)
        return p, left_k, q, left_p, odds, drawn


def odds(dials, start, batches):
    net = Sampler(dials["T"], dials["k"], dials["top_p"], start["u"])
    names = ("p", "left_k", "q", "left_p", "odds", "drawn")
    for batch in batches:
        yield dict(zip(names, net(**batch), strict=True))


class Attention(nn.Module):
    """One head. K and V hold what earlier tokens have left behind."""

    def __init__(self, d, cache):
        super().__init__()
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)
        self.out = nn.Linear(d, d, bias=False)
        self.cache = cache
        self.register_buffer("K", torch.zeros(0, d))
        self.register_buffer("V", torch.zeros(0, d))

    def forward(self, h, later):
        q = self.query(h)
        k = self.key(h)
        v = self.value(h)
        keys = torch.cat([self.K, k])
        values = torch.cat([self.V, v])
        if self.cache:
            self.K, self.V = keys, values
        keys_T = keys.T
        dots = q @ keys_T
        scaled = dots / math.sqrt(q.shape[-1])
        scores = torch.where(later, -math.inf, scaled)
        weights = F.softmax(scores, dim=-1)
        read = weights @ values
        a = self.out(read)
        return a

    def forget(self):
        self.K, self.V = self.K[:0], self.V[:0]


class Block(nn.Module):
    """Attention and two layers, each added to the stream."""

    def __init__(self, d, cache):
        super().__init__()
        self.ln_1 = nn.LayerNorm(d, bias=False)
        self.attn = Attention(d, cache)
        self.ln_2 = nn.LayerNorm(d, bias=False)
        self.up = nn.Linear(d, 4 * d, bias=False)
        self.down = nn.Linear(4 * d, d, bias=False)

    def forward(self, x, later):
        h = self.ln_1(x)
        a = self.attn(h, later)
        x_a = x + a
        g = self.ln_2(x_a)
        wide = self.up(g)
        bent = F.gelu(wide)
        m = self.down(bent)
        x_m = x_a + m
        return x_m


class GPT(nn.Module):
    """Two blocks; it reads what is new and says one token more."""

    def __init__(self, T, cache, size, start):
        super().__init__()
        context, d = start["wpe.weight"].shape
        self.T = T
        self.wte = nn.Embedding(size, d)
        self.wpe = nn.Embedding(context, d)
        self.block_1 = Block(d, cache)
        self.block_2 = Block(d, cache)
        self.ln_f = nn.LayerNorm(d, bias=False)
        for name in ("tokens", "count", "positions", "u"):
            self.register_buffer(name, start[name])

    def forward(self):
        size = len(self.positions)
        text = self.tokens[-size:]
        if len(text) < len(self.tokens):  # every place has changed
            self.block_1.attn.forget()
            self.block_2.attn.forget()
        start = len(self.block_1.attn.K)  # so many are in the cache
        end = len(text)
        new = text[start:]
        counted = self.count + len(new)
        word = self.wte(new)
        place = self.wpe.weight[start:end]
        x = word + place
        rows = self.positions[start:end, None]
        columns = self.positions[:end]
        later = columns > rows
        x_1 = self.block_1(x, later)
        x_2 = self.block_2(x_1, later)
        # only the last position says what comes next
        last = x_2[-1]
        f = self.ln_f(last)
        logits = F.linear(f, self.wte.weight)
        z = logits / self.T
        p = F.softmax(z, dim=0)
        line = torch.cumsum(p, dim=0)
        luck = self.u[len(self.tokens) % size]
        passed = line <= luck
        token = passed.sum()
        p_token = p[token]
        log_p = torch.log(p_token)
        surprise = -log_p
        one = token.reshape(1)
        said = torch.cat([self.tokens, one])
        self.tokens, self.count = said, counted
        return x_1, x_2, logits, p, token, surprise, said, counted


def speak(dials, start, batches):
    size = len(start["wte.weight"])
    net = GPT(dials["T"], dials["cache"] == "on", size, start).double()
    with no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(start[name])
        for _ in batches:
            found = net()
            names = (
                "logits",
                "p",
                "token",
                "surprise",
                "said",
                "counted",
            )
            yield dict(zip(names, found[2:], strict=True))

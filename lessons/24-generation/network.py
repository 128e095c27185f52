"""How does it speak, and why is it fast? Odds, a draw, and a cache."""

import math
from pathlib import Path

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import arange, nn, tensor, zeros

WORDS = ("mat", "sofa", "roof", "moon", "idea")
SCORES = [4, 3, 2, 1, 0]


class Sampler(nn.Module):
    """From scores to words: temperature, top-k, top-p, a draw."""

    def __init__(self, T, k, top_p, draws):
        super().__init__()
        self.T, self.k, self.top_p = T, k, top_p
        self.register_buffer("u", nn.init.uniform_(zeros(draws)))

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
        line = F.cumsum(odds, dim=0)
        u_column = self.u.unsqueeze(1)
        passed = line <= u_column
        drawn = passed.sum(dim=1)
        return drawn, left_p


def choose(net, optimizer, logits):
    """Use the odds; nobody learns here."""
    return net(logits)[1]


def odds(dials):
    net = Sampler(dials["T"], dials["k"], dials["top_p"], draws=12)
    words = Table(SCORES, ("word",), (WORDS,), name="five-words")
    return Experiment(net, choose, {"logits": words})


class Attention(nn.Module):
    """One head. K and V hold what earlier tokens have left behind."""

    def __init__(self, d, cache):
        super().__init__()
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)
        self.out = nn.Linear(d, d, bias=False)
        self.cache = cache
        self.register_buffer("K", zeros(0, d))
        self.register_buffer("V", zeros(0, d))

    def forward(self, h, later):
        q = self.query(h)
        k = self.key(h)
        v = self.value(h)
        keys = F.cat([self.K, k])
        values = F.cat([self.V, v])
        if self.cache:
            self.K, self.V = keys, values
        keys_T = keys.T
        dots = q @ keys_T
        scaled = dots / math.sqrt(q.shape[-1])
        scores = F.where(later, -math.inf, scaled)
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

    def __init__(self, T, cache, prompt, size, context=224, d=16):
        super().__init__()
        self.T = T
        self.wte = nn.Embedding(size, d)
        self.wpe = nn.Embedding(context, d)
        self.block_1 = Block(d, cache)
        self.block_2 = Block(d, cache)
        self.ln_f = nn.LayerNorm(d, bias=False)
        self.register_buffer("tokens", tensor(prompt))
        self.register_buffer("count", tensor(0))
        self.register_buffer("positions", arange(context))
        self.register_buffer("u", nn.init.uniform_(zeros(context)))

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
        line = F.cumsum(p, dim=0)
        luck = self.u[len(self.tokens) % size]
        passed = line <= luck
        token = passed.sum()
        p_token = p[token]
        log_p = F.log(p_token)
        surprise = -log_p
        one = token.reshape(1)
        said = F.cat([self.tokens, one])
        self.tokens, self.count = said, counted
        return surprise


def say(net, optimizer):
    """One token more; nobody learns here."""
    return net()


PROMPT = "Shall I co"


def speak(dials):
    """A GPT that has learnt one sonnet by heart (data/rebuild.py)."""
    file = np.load(Path(__file__).parent / "data" / "gpt.npz")
    characters = [str(c) for c in file["characters"]]
    prompt = [characters.index(c) for c in PROMPT]
    net = GPT(
        dials["T"], dials["cache"] == "on", prompt, len(characters)
    )
    start = {**net.state_dict(), **weights(file)}
    net.load_state_dict(start)
    shown = tuple(c.translate({32: "_", 10: "/"}) for c in characters)
    net.wte.weight.axes = ("token", "feature")
    net.wte.weight.labels = (shown, None)
    return Experiment(net, say)


def weights(file):
    """PyTorch's names for them, and ours."""
    found = {
        "wte.weight": file["transformer.wte.weight"],
        "wpe.weight": file["transformer.wpe.weight"],
        "ln_f.weight": file["transformer.ln_f.weight"],
    }
    for n in (0, 1):
        theirs, ours = f"transformer.h.{n}", f"block_{n + 1}"
        qkv = np.split(file[f"{theirs}.attn.c_attn.weight"], 3)
        for name, part in zip(
            ("query", "key", "value"), qkv, strict=True
        ):
            found[f"{ours}.attn.{name}.weight"] = part
        for name, their in (
            ("ln_1", "ln_1"),
            ("ln_2", "ln_2"),
            ("attn.out", "attn.c_proj"),
            ("up", "mlp.c_fc"),
            ("down", "mlp.c_proj"),
        ):
            weight = file[f"{theirs}.{their}.weight"]
            found[f"{ours}.{name}.weight"] = weight
    return found

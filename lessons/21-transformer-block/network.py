"""What is one Transformer block? A stream, and two branches."""

import math
import zlib

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.course.own_text import words
from tuiexplain.engine import nn, optim
from tuiexplain.engine.nn.attention import causal_mask
from tuiexplain.engine.positions import sinusoidal_positions

WIDTH, HEADS = 8, 2
NAMES = {
    "ln_1.weight": "gain_1",
    "ln_1.bias": "shift_1",
    "query.weight": "Wq",
    "key.weight": "Wk",
    "value.weight": "Wv",
    "out.weight": "Wo",
    "out.bias": "bo",
    "ln_2.weight": "gain_2",
    "ln_2.bias": "shift_2",
    "up.weight": "W1",
    "up.bias": "b1",
    "down.weight": "W2",
    "down.bias": "b2",
}
QKV_BIASES = {"query.bias": "bq", "key.bias": "bk", "value.bias": "bv"}


class Block(nn.Module):
    """Attention and a feed-forward net, each added to the stream."""

    def __init__(self, d=WIDTH, attention=1, ffn=1, qkv_bias=False):
        super().__init__()
        self.ln_1 = nn.LayerNorm(d)
        self.query = nn.Linear(d, d, bias=qkv_bias)
        self.key = nn.Linear(d, d, bias=qkv_bias)
        self.value = nn.Linear(d, d, bias=qkv_bias)
        self.out = nn.Linear(d, d)
        self.ln_2 = nn.LayerNorm(d)
        self.up = nn.Linear(d, 4 * d)
        self.down = nn.Linear(4 * d, d)
        self.attention, self.ffn = attention, ffn  # 1: on, 0: off

    def forward(self, x, mask):
        # the first branch: attention
        h = self.ln_1(x)
        q = self.query(h)
        k = self.key(h)
        v = self.value(h)
        q_parts = q.reshape(len(x), HEADS, -1)
        Q = q_parts.transpose(0, 1)  # (heads, words, d / heads)
        k_parts = k.reshape(len(x), HEADS, -1)
        K = k_parts.transpose(0, 1)
        v_parts = v.reshape(len(x), HEADS, -1)
        V = v_parts.transpose(0, 1)
        K_T = K.transpose(-2, -1)
        S = Q @ K_T
        scaled = S / math.sqrt(Q.shape[-1])
        seen = F.where(mask, scaled, -math.inf)
        A = F.softmax(seen, dim=-1)
        read = A @ V
        by_word = read.transpose(0, 1)
        joined = by_word.flatten(1)
        a = self.out(joined)
        a_on = self.attention * a
        x_a = x + a_on
        # the second branch: the feed-forward net
        g = self.ln_2(x_a)
        wide = self.up(g)
        bent = F.gelu(wide)
        m = self.down(bent)
        m_on = self.ffn * m
        y = x_a + m_on
        return y


def train_step(net, optimizer, words, places, mask, t):
    optimizer.zero_grad()
    words = words.detach().requires_grad_()  # ask about the input too
    x = words + places
    y = net(x, mask)
    e = y - t
    squares = e**2
    loss = squares.mean()
    loss.backward()
    optimizer.step()
    return loss


class Count(nn.Module):
    """The parameters of a GPT-2, from the shapes of one block."""

    def __init__(self, tied):
        super().__init__()
        self.untied = 0 if tied else 1

    def forward(self, rows, columns, parts, model):
        sizes = rows * columns
        by_part = parts @ sizes
        block = by_part.sum()
        layers = model[0]
        d = model[1]
        vocabulary = model[2]
        context = model[3]
        blocks = layers * block
        words = vocabulary * d
        places = context * d
        last_norm = 2 * d
        head = self.untied * words
        tables = words + places
        body = tables + blocks
        normed = body + last_norm
        total = normed + head
        return total


def count(net, optimizer, rows, columns, parts, model):
    """Nobody learns here."""
    return net(rows, columns, parts, model)


def block(dials):
    text = words(dials["text"])
    on = {"on": 1, "off": 0}
    net = Block(WIDTH, on[dials["attention"]], on[dials["ffn"]])
    optimizer = optim.SGD(net.parameters(), lr=dials["lr"])
    names, axes = numbered(text), ("word", "feature")
    places = sinusoidal_positions(len(text), WIDTH)
    vectors = np.array([vector(word) for word in text])
    follows = np.roll(vectors + places.data, -1, axis=0)
    return Experiment(
        net=net,
        optimizer=optimizer,
        step=train_step,
        names=NAMES,
        data={
            "words": Table(
                vectors, axes, (names, None), name="word vectors"
            ),
            "places": Table(
                places.data, axes, (names, None), name="places"
            ),
            "mask": Table(
                causal_mask(len(text)).data,
                ("query", "key"),
                (names, names),
                name="the mask",
            ),
            "t": Table(follows, axes, (names, None), name="next word"),
        },
    )


def vector(word):
    """Eight numbers for a word, drawn by a seed made of it."""
    seed = zlib.crc32(word.encode())
    return np.random.default_rng(seed).normal(size=WIDTH).round(2)


def numbered(text):
    """Labels: a word that was there before gets a number."""
    seen = [text[: i + 1].count(word) for i, word in enumerate(text)]
    return tuple(
        word if n == 1 else f"{word}.{n}"
        for word, n in zip(text, seen, strict=True)
    )


MODELS = {  # layers, width, words, places
    "toy": (1, 8, 12, 8),
    "small": (12, 768, 50257, 1024),
    "medium": (24, 1024, 50257, 1024),
    "large": (36, 1280, 50257, 1024),
    "XL": (48, 1600, 50257, 1024),
}
PARTS = ("norms", "attn", "ffn")


def parameters(dials):
    """The block above, made as wide as the model: no shape typed."""
    model = MODELS[dials["model"]]
    found = Block(qkv_bias=dials["qkv_bias"] == "yes")
    shapes = {
        name: np.array(p.shape) * model[1] // WIDTH
        for name, p in found.named_parameters()
    }
    names = tuple((NAMES | QKV_BIASES)[name] for name in shapes)
    rows = [shape[0] for shape in shapes.values()]
    columns = [shape[1] if len(shape) == 2 else 1
               for shape in shapes.values()]  # fmt: skip
    parts = np.array(
        [[part == part_of(name) for name in shapes] for part in PARTS]
    )
    labels = (names,)
    size = ("layers", "width", "vocab", "context")
    return Experiment(
        net=Count(dials["tied"] == "yes"),
        step=count,
        data={
            "rows": Table(rows, ("parameter",), labels, name="shapes"),
            "columns": Table(
                columns, ("parameter",), labels, name="shapes"
            ),
            "parts": Table(
                parts,
                ("part", "parameter"),
                (PARTS, names),
                name="what belongs to which part",
            ),
            "model": Table(
                model, ("size",), (size,), name="sizes of the model"
            ),
        },
    )


def part_of(name):
    """Which part of the block a parameter belongs to."""
    if name.startswith("ln"):
        return "norms"
    return "ffn" if name.startswith(("up", "down")) else "attn"

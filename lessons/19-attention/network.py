"""How does one word look at others? Queries, keys and values."""

import math
import zlib
from pathlib import Path

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.course.own_text import words
from tuiexplain.engine import nn, no_grad, optim, tensor, zeros

SENTENCE = "Your journey starts with one step"
VECTORS = {
    "Your": [0.43, 0.15, 0.89],
    "journey": [0.55, 0.87, 0.66],
    "starts": [0.57, 0.85, 0.64],
    "with": [0.22, 0.58, 0.33],
    "one": [0.77, 0.25, 0.10],
    "step": [0.05, 0.80, 0.55],
}
WEIGHTS = Path(__file__).parent / "data" / "weights.csv"


class Attention(nn.Module):
    """Every word looks at every word that its mask lets it see."""

    def __init__(self):
        super().__init__()
        self.Wq = nn.Parameter(zeros(3, 2))
        self.Wk = nn.Parameter(zeros(3, 2))
        self.Wv = nn.Parameter(zeros(3, 2))

    def forward(self, x, mask):
        Q = x @ self.Wq
        K = x @ self.Wk
        V = x @ self.Wv
        K_T = K.T
        S = Q @ K_T
        scaled = S / math.sqrt(2)  # d = 2
        seen = F.where(mask, scaled, -math.inf)
        A = F.softmax(seen, dim=-1)
        Y = A @ V
        return Y


def train_step(net, optimizer, x, mask, t):
    optimizer.zero_grad()
    Y = net(x, mask)
    e = Y - t
    squares = e**2
    loss = squares.mean()
    loss.backward()
    optimizer.step()
    return loss


class Late(nn.Module):
    """The mask before the softmax, or after it."""

    def __init__(self, place):
        super().__init__()
        self.place = place

    def forward(self, scores, mask):
        if self.place == "before softmax":
            seen = F.where(mask, scores, -math.inf)
            A = F.softmax(seen, dim=-1)
        else:
            shares = F.softmax(scores, dim=-1)
            A = shares * mask
        sums = A.sum(dim=-1)
        return sums


def look_only(net, optimizer, scores, mask):
    """Nobody learns here."""
    sums = net(scores, mask)
    total = sums.sum()
    return total


class Wide(nn.Module):
    """Random queries and keys of d numbers; with √d or without."""

    def __init__(self, d, divisor, queries=32, keys=8):
        super().__init__()
        self.register_buffer("q", nn.init.normal_(zeros(queries, d)))
        self.register_buffer("k", nn.init.normal_(zeros(keys, d)))
        self.divisor = divisor

    def forward(self):
        k_T = self.k.T
        S = self.q @ k_T
        # how far the scores spread
        S2 = S**2
        mean_S2 = S2.mean()
        spread = mean_S2.sqrt()
        scaled = S / self.divisor
        A = F.softmax(scaled, dim=-1)
        top, _ = A.max(dim=-1)
        mean_top = top.mean()
        # how much a weight still moves when its score moves
        rest = 1 - A
        slopes = A * rest
        mean_slope = slopes.mean()
        return mean_top


def observe(net, optimizer):
    """Nobody learns here."""
    return net()


class Without(nn.Module):
    """Take the words away from one query, one at a time."""

    def __init__(self, query):
        super().__init__()
        self.query = query

    def forward(self, scaled, V, others):
        row = scaled[self.query]
        A = F.softmax(row, dim=-1)
        Y = A @ V
        # a line for each word that is taken away
        left = F.where(others, row, -math.inf)
        A_left = F.softmax(left, dim=-1)
        Y_left = A_left @ V
        moved = Y_left - Y
        squares = moved**2
        lengths2 = squares.sum(dim=-1)
        change = lengths2.sqrt()
        largest = change.max()
        return largest


def take_away(net, optimizer, scaled, V, others):
    """Nobody learns here."""
    return net(scaled, V, others)


def look(dials):
    order = arranged(words(dials["text"]), dials["order"])
    net = with_weights(Attention())
    x = vectors(order)
    optimizer = optim.SGD(net.parameters(), lr=dials["lr"])
    rows = np.ones((len(order), len(order)))
    mask = np.tril(rows) if dials["mask"] == "causal" else rows
    follows = np.roll(x[:, :2], -1, axis=0)  # of the word that follows
    axes = ("word", "feature")
    names = numbered(order)
    return Experiment(
        net=net,
        optimizer=optimizer,
        step=train_step,
        data={
            "x": Table(x, axes, (names, None), name="word-vectors"),
            "mask": Table(
                mask, ("query", "key"), (names, names), name="the-mask"
            ),
            "t": Table(
                follows, axes, (names, None), name="the-next-word"
            ),
        },
    )


def late(dials):
    names = numbered(words(SENTENCE))
    scores, _ = computed()
    labels = (names, names)
    mask = np.tril(np.ones(scores.shape))
    data = {
        "scores": Table(
            scores, ("query", "key"), labels, name="scaled-scores"
        ),
        "mask": Table(
            mask, ("query", "key"), labels, name="causal-mask"
        ),
    }
    return Experiment(Late(dials["place"]), look_only, data)


def wide(dials):
    d = int(dials["d"])
    divisor = math.sqrt(d) if dials["divide"] == "√d" else 1
    return Experiment(Wide(d, divisor), observe)


def without(dials):
    names = numbered(words(SENTENCE))
    scores, V = computed()
    labels = (names, names)
    data = {
        "scaled": Table(
            scores, ("query", "key"), labels, name="scaled-scores"
        ),
        "V": Table(V, ("word", "value"), (names, None), name="values"),
        "others": Table(
            1 - np.eye(len(names)), ("without", "key"), labels,
            name="all-but-one",
        ),
    }  # fmt: skip
    query = words(SENTENCE).index(dials["query"])
    return Experiment(Without(query), take_away, data)


def vectors(text):
    """A word's vector: the book's, or drawn by a seed from the word."""
    found = []
    for word in text:
        seed = zlib.crc32(word.encode())
        drawn = np.random.default_rng(seed).random(3).round(2)
        found.append(VECTORS.get(word, drawn))
    return np.array(found)


def arranged(text, order):
    """The words as they were written, or backwards."""
    return text if order == "as written" else text[::-1]


def numbered(text):
    """Labels: a word that was there before gets a number."""
    seen = [text[: i + 1].count(word) for i, word in enumerate(text)]
    return tuple(
        word if n == 1 else f"{word}.{n}"
        for word, n in zip(text, seen, strict=True)
    )


def with_weights(net):
    """The matrices of LLMs from scratch, chapter 3."""
    rows = [line.split(",") for line in WEIGHTS.read_text().split()[1:]]
    for name in ("Wq", "Wk", "Wv"):
        numbers = [row[1:] for row in rows if row[0] == name]
        parameter = getattr(net, name)
        parameter.data = np.array(numbers, dtype=float)
        parameter.axes = (
            "feature",
            {"q": "query", "k": "key"}.get(name[1], "value"),
        )
    return net


def computed():
    """Scaled scores and values of the sentence."""
    net = with_weights(Attention())
    with no_grad():
        x = tensor(vectors(words(SENTENCE)))
        scores = (x @ net.Wq) @ (x @ net.Wk).T / math.sqrt(2)
        values = x @ net.Wv
    return scores.data, values.data

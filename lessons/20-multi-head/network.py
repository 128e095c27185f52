"""Many views, and where am I? Heads, and positions."""

import math
import zlib

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.course.own_text import words
from tuiexplain.engine import nn, optim
from tuiexplain.engine.positions import sinusoidal_positions

D = 4


class MultiHead(nn.Module):
    """Attention in several heads, each with its share of d numbers."""

    def __init__(self, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(D, D, bias=False)
        self.key = nn.Linear(D, D, bias=False)
        self.value = nn.Linear(D, D, bias=False)
        self.out = nn.Linear(D, D, bias=False)

    def forward(self, x):
        T, h = len(x), self.heads
        size = D // h
        Q = self.query(x)
        K = self.key(x)
        V = self.value(x)
        # split: d numbers a word become h times d/h, heads first
        Q_cut = Q.reshape(T, h, size)
        Q_h = Q_cut.transpose(0, 1)
        K_cut = K.reshape(T, h, size)
        K_h = K_cut.transpose(0, 1)
        V_cut = V.reshape(T, h, size)
        V_h = V_cut.transpose(0, 1)
        # each head by itself
        K_T = K_h.transpose(1, 2)
        S = Q_h @ K_T
        scaled = S / math.sqrt(size)
        A = F.softmax(scaled, dim=-1)
        Y_h = A @ V_h
        # merge: the same way back
        Y_cut = Y_h.transpose(0, 1)
        joined = Y_cut.reshape(T, D)
        Y = self.out(joined)
        return Y


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    Y = net(x)
    e = Y - t
    squares = e**2
    loss = squares.mean()
    loss.backward()
    optimizer.step()
    return loss


class Orders(nn.Module):
    """A sentence in two orders, through the same attention."""

    def __init__(self):
        super().__init__()
        self.query = nn.Linear(D, D, bias=False)
        self.key = nn.Linear(D, D, bias=False)
        self.value = nn.Linear(D, D, bias=False)

    def forward(self, x, P, order):
        other = x[order]
        both = F.stack([x, other])  # (2, T, d)
        h = both + P
        Q = self.query(h)
        K = self.key(h)
        V = self.value(h)
        K_T = K.transpose(1, 2)
        S = Q @ K_T
        scaled = S / math.sqrt(D)
        A = F.softmax(scaled, dim=-1)
        Y = A @ V
        first = Y[0]
        second = Y[1]
        back = second[order]  # the words in their first order again
        gap = back - first
        gaps = F.abs(gap)
        largest = gaps.max()
        return largest


def compare(net, optimizer, x, P, order):
    """Nobody learns here."""
    return net(x, P, order)


class Sinusoids(nn.Module):
    """Sines and cosines of angles that grow with the place."""

    def forward(self, place, rate):
        angles = place * rate
        sines = F.sin(angles)
        cosines = F.cos(angles)
        pairs = F.stack([sines, cosines], dim=-1)
        PE = pairs.reshape(len(place), -1)
        # how alike are two places?
        PE_T = PE.T
        alike = PE @ PE_T
        near = alike[0, 1]
        return near


def place_words(net, optimizer, place, rate):
    """Nobody learns here."""
    return net(place, rate)


class Rotary(nn.Module):
    """One query and one key, turned by an angle for each place."""

    def __init__(self, theta):
        super().__init__()
        self.theta = theta

    def forward(self, q, k, place):
        angle = place * self.theta
        cosine = F.cos(angle)
        sine = F.sin(angle)
        minus_sine = -sine
        top = F.stack([cosine, minus_sine], dim=-1)
        bottom = F.stack([sine, cosine], dim=-1)
        R = F.stack([top, bottom], dim=1)  # a turn for each place
        Q = R @ q
        K = R @ k
        K_T = K.T
        S = Q @ K_T
        near = S[0, 1]
        return near


def turn(net, optimizer, q, k, place):
    """Nobody learns here."""
    return net(q, k, place)


def heads(dials):
    x, names = read(dials["text"])
    net = named(MultiHead(int(dials["heads"])))
    net.out.weight.axes = ("out", "joined")
    axes = ("word", "feature")
    follows = np.roll(x, -1, axis=0)
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=train_step,
        data={
            "x": Table(x, axes, (names, None), name="word-vectors"),
            "t": Table(
                follows, axes, (names, None), name="the-next-word"
            ),
        },
        names={
            "query.weight": "Wq",
            "key.weight": "Wk",
            "value.weight": "Wv",
            "out.weight": "Wo",
        },
    )


def order(dials):
    x, names = read(dials["text"])
    places = np.zeros_like(x)
    if dials["positions"] == "sinusoidal":
        places = sinusoidal_positions(len(x), D).data
    turned = np.arange(len(x))[::-1]
    pairs = zip(names, names[::-1], strict=True)
    both = tuple(a if a == b else f"{a}/{b}" for a, b in pairs)
    return Experiment(
        net=named(Orders()),
        step=compare,
        data={
            "x": Table(
                x,
                ("word", "feature"),
                (names, None),
                name="word-vectors",
            ),
            "P": Table(
                places,
                ("word", "feature"),
                (both, None),
                name="positions",
            ),
            "order": Table(
                turned, ("place",), name="last-to-first", dtype=int
            ),
        },
        names={
            "query.weight": "Wq",
            "key.weight": "Wk",
            "value.weight": "Wv",
        },
    )


def table(dials):
    length, d = int(dials["length"]), int(dials["d"])
    rates = dials["base"] ** (-np.arange(0, d, 2) / d)
    return Experiment(
        net=Sinusoids(),
        step=place_words,
        data={
            "place": Table(
                np.arange(length)[:, None], ("place", ""), name="places"
            ),
            "rate": Table(
                rates[None, :], ("", "pair"), name="rates-of-the-pairs"
            ),
        },
    )


def rotary(dials):
    places = np.arange(6) + int(dials["shift"])
    return Experiment(
        net=Rotary(dials["theta"]),
        step=turn,
        data={
            "q": Table([1.0, 0.5], ("pair",), name="one-query"),
            "k": Table([0.9, -0.2], ("pair",), name="one-key"),
            "place": Table(places, ("place",), name="places"),
        },
    )


def read(text):
    """A vector for each word, drawn by a seed from the word; names."""
    found = words(text)
    x = []
    for word in found:
        drawn = np.random.default_rng(zlib.crc32(word.encode()))
        x.append(drawn.uniform(-1, 1, D).round(2))
    seen = [found[: i + 1].count(word) for i, word in enumerate(found)]
    names = tuple(
        word if n == 1 else f"{word}.{n}"
        for word, n in zip(found, seen, strict=True)
    )
    return np.array(x), names


def named(net):
    """Weights drawn wide enough that heads differ; axes named."""
    for layer, axis in (
        (net.query, "query"),
        (net.key, "key"),
        (net.value, "value"),
    ):
        nn.init.normal_(layer.weight, std=0.8)
        layer.weight.axes = (axis, "feature")
    return net

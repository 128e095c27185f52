"""Fine-tune with almost nothing: a low-rank adapter beside a layer."""

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, optim, randn

LETTERS = tuple("abcdefgh")
WIDTH = len(LETTERS)
STARTS = {  # how far A and B are spread at first
    "B zero": (0.4, 0.0),
    "A zero": (0.0, 0.4),
    "both zero": (0.0, 0.0),
    "neither": (0.4, 0.4),
}


class Adapted(nn.Module):
    """A frozen layer W, and B A beside it."""

    def __init__(self, rank, alpha, start="B zero"):
        super().__init__()
        spread_a, spread_b = STARTS[start]
        self.W = nn.Parameter(np.eye(WIDTH), requires_grad=False)
        self.A = nn.Parameter(np.zeros((rank, WIDTH)))
        self.B = nn.Parameter(np.zeros((WIDTH, rank)))
        if spread_a:
            nn.init.normal_(self.A, std=spread_a)
        if spread_b:
            nn.init.normal_(self.B, std=spread_b)
        self.scale = alpha / rank

    def forward(self, x):
        Wx = F.linear(x, self.W)
        Ax = F.linear(x, self.A)
        BAx = F.linear(Ax, self.B)
        added = self.scale * BAx
        y = Wx + added
        return y


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    e = y - t
    squares = e**2
    loss = squares.sum()
    loss.backward()
    optimizer.step()
    return loss


class Merged(Adapted):
    """The same adapter, beside W and inside it."""

    def forward(self, x):
        Wx = F.linear(x, self.W)
        Ax = F.linear(x, self.A)
        BAx = F.linear(Ax, self.B)
        added = self.scale * BAx
        apart = Wx + added
        BA = self.B @ self.A
        change = self.scale * BA
        merged = self.W + change
        y = F.linear(x, merged)
        gap = apart - y
        gaps = F.abs(gap)
        largest = gaps.max()
        return largest


def compare(net, optimizer, x):
    """Nobody learns here."""
    largest = net(x)
    return largest


class Count(nn.Module):
    """What is trained, and what that takes."""

    def forward(self, r, rows, columns, copies):
        full = rows * columns
        pairs = rows + columns
        small = r * pairs
        fewer = full / small
        all_full = copies * full
        all_small = copies * small
        frozen = all_full.sum()
        trained = all_small.sum()
        bytes_full = 12 * frozen  # a gradient and Adam's two, 4 each
        bytes_lora = 12 * trained
        return trained


def count(net, optimizer, r, rows, columns, copies):
    """Nobody learns here."""
    return net(r, rows, columns, copies)


def adapter(dials):
    net = Adapted(int(dials["rank"]), dials["alpha"], dials["start"])
    optimizer = optim.SGD([net.A, net.B], lr=dials["lr"])
    axes, names = ("example", "letter"), (LETTERS, LETTERS)
    asked = task(int(dials["cycle"]))
    return Experiment(
        net=net,
        optimizer=optimizer,
        step=train_step,
        data={
            "x": Table(np.eye(WIDTH), axes, names, name="letters"),
            "t": Table(asked, axes, names, name="answers"),
        },
    )


def task(cycle):
    """The first letters answer with the next one, the last of them
    with the first; the others still answer with themselves.
    """
    answers = np.eye(WIDTH)
    answers[:cycle] = np.roll(answers[:cycle], -1, axis=0)
    return answers


def merge(dials):
    rank, cycle = int(dials["rank"]), int(dials["cycle"])
    net = Merged(rank, 2)
    A, B = learnt(net.A.data, task(cycle))
    net.A.data, net.B.data = A, B
    x = randn(4, WIDTH).data.round(2)
    axes = ("example", "letter")
    return Experiment(
        net=net,
        step=compare,
        data={"x": Table(x, axes, (None, LETTERS), name="mixtures")},
    )


def learnt(A, answers):
    """The first part's training, 200 steps of it."""
    B, scale = np.zeros(A.T.shape), 2 / len(A)
    for _ in range(200):
        slope = (
            2 * scale * (np.eye(WIDTH) + scale * A.T @ B.T - answers)
        )
        A, B = A - 0.05 * B.T @ slope.T, B - 0.05 * slope.T @ A.T
    return A, B


SQUARE = (768, 768)
BLOCKS = (
    *(("q", *SQUARE, 12), ("k", *SQUARE, 12), ("v", *SQUARE, 12)),
    *(("out", *SQUARE, 12), ("up", 3072, 768, 12)),
    ("down", 768, 3072, 12),
)
MODELS = {  # a matrix: its name, rows, columns, how often it is there
    "this layer": (("W", WIDTH, WIDTH, 1),),
    "768×768": (("W", *SQUARE, 1),),
    "GPT-2": (*BLOCKS, ("head", 2, 768, 1)),
    "GPT-3": (("q", 12288, 12288, 96), ("v", 12288, 12288, 96)),
}


def counters(dials):
    names, *numbers = zip(*MODELS[dials["model"]], strict=True)
    tables = {
        key: Table(value, ("matrix",), (names,), name="shapes")
        for key, value in zip(
            ("rows", "columns", "copies"), numbers, strict=True
        )
    }
    r = Table([dials["rank"]], ("rank",), name="the rank")
    return Experiment(net=Count(), step=count, data={"r": r, **tables})

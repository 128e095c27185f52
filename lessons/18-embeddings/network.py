"""How can a symbol become a vector, and how good is a guess?"""

from pathlib import Path

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, optim, tensor, zeros

LETTERS = ".abcdefghijklmnopqrstuvwxyz"  # . begins and ends a name
NAMES = Path(__file__).parents[1] / "data" / "names.txt"
SOURCE = "first names, United States census of 1990"
CONTEXT = 3  # letters that the last network sees


class Counts(nn.Module):
    """Nothing is learnt here: probabilities are shares."""

    def __init__(self, smooth):
        super().__init__()
        self.smooth = smooth

    def forward(self, N):
        counts = N + self.smooth
        rows = counts.sum(dim=1, keepdim=True)
        P = counts / rows
        return P


def how_good(net, optimizer, N):
    """The mean of -log p over every letter of every name."""
    P = net(N)
    log_p = F.log(P)
    weighted = N * log_p
    total = weighted.sum()
    pairs = N.sum()
    mean = total / pairs
    loss = -mean
    perplexity = F.exp(loss)
    return loss


class Bigram(nn.Module):
    """A row of scores for each letter: what comes next?"""

    def __init__(self):
        super().__init__()
        self.W = nn.Parameter(zeros(27, 27))

    def forward(self, x):
        z = F.embedding(x, self.W)
        return z


def bigram_step(net, optimizer, x, share):
    optimizer.zero_grad()
    z = net(x)
    log_p = F.log_softmax(z, dim=1)
    weighted = share * log_p
    total = weighted.sum()
    loss = -total
    perplexity = F.exp(loss)
    loss.backward()
    optimizer.step()
    return loss


class Lookup(nn.Module):
    """27 letters, two numbers each; read in two ways."""

    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(27, 2)


def two_ways(net, optimizer, x, X):
    """Look the rows up, or multiply: the same numbers."""
    net.zero_grad()
    looked_up = net.emb(x)
    product = X @ net.emb.weight
    squares = looked_up**2
    squares2 = product**2
    half = squares.sum()
    half2 = squares2.sum()
    loss = half + half2
    loss.backward()
    return loss


class Net(nn.Module):
    """Three letters, two numbers each, eight hidden units."""

    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(27, 2)
        self.fc1 = nn.Linear(CONTEXT * 2, 8)
        self.fc2 = nn.Linear(8, 27)

    def forward(self, x):
        e = self.emb(x)
        row = e.reshape(-1, CONTEXT * 2)
        z1 = self.fc1(row)
        h = F.tanh(z1)
        z2 = self.fc2(h)
        return z2


def net_step(net, optimizer, x, t):
    optimizer.zero_grad()
    z2 = net(x)
    loss = F.cross_entropy(z2, t)
    perplexity = F.exp(loss)
    loss.backward()
    optimizer.step()
    return loss


def all_names():
    """The names to learn from, and a tenth that is kept aside."""
    names = NAMES.read_text(encoding="ascii").split()
    order = np.random.RandomState(0).permutation(len(names))
    kept = len(names) // 10
    mixed = [names[i] for i in order]
    return mixed[kept:], mixed[:kept]


def examples(names):
    """For each letter of each name, and its end: what came before."""
    x, t = [], []
    for name in names:
        before = [0] * CONTEXT
        for letter in [*map(LETTERS.index, name), 0]:
            x.append(before)
            t.append(letter)
            before = [*before[1:], letter]
    return np.array(x), np.array(t)


LEARN, KEPT = all_names()
X, T = examples(LEARN)
X_KEPT, T_KEPT = examples(KEPT)


def pair_counts():
    """How often each letter (row) is followed by each (column)."""
    N = np.zeros((27, 27))
    np.add.at(N, (X[:, -1], T), 1)
    return N


LABELS = (tuple(LETTERS), tuple(LETTERS))
FROM_TO = ("letter", "next")


def counts(dials):
    N = Table(
        pair_counts(), FROM_TO, LABELS, "pairs of letters", SOURCE
    )
    return Experiment(Counts(dials["smooth"]), how_good, {"N": N})


def bigram(dials):
    N = pair_counts()
    name = "share of all pairs"
    share = Table(N / N.sum(), FROM_TO, LABELS, name, SOURCE)
    rows = (LABELS[0],)
    x = Table(np.arange(27), ("letter",), rows, "letters", dtype=int)
    net = Bigram()
    net.W.axes, net.W.labels = FROM_TO, LABELS
    return Experiment(
        net=net,
        step=bigram_step,
        data={"x": x, "share": share},
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        targets=("share",),
    )


def labelled(emb):
    """Write each letter beside its row."""
    emb.weight.axes = ("entry", "feature")
    emb.weight.labels = (tuple(LETTERS), ("e1", "e2"))


def lookup(dials):
    word = [LETTERS.index(letter) for letter in "emma"]
    places = tuple("emma")
    one_hot = np.eye(27)[word]
    x = Table(word, ("place",), (places,), "emma", dtype=int)
    hot = (places, tuple(LETTERS))
    X = Table(one_hot, ("place", "entry"), hot, "emma, one-hot")
    net = Lookup()
    labelled(net.emb)
    names = {"emb.weight": "E"}
    return Experiment(net, two_ways, {"x": x, "X": X}, names=names)


def mlp(dials):
    net = Net()
    labelled(net.emb)
    places = (None, tuple(f"-{CONTEXT - i}" for i in range(CONTEXT)))
    axes = ("example", "place")
    return Experiment(
        net=net,
        step=net_step,
        data={
            "x": Table(
                X, axes, places, "letters before", SOURCE, dtype=int
            ),
            "t": Table(
                T,
                ("example",),
                (),
                "the next letter",
                SOURCE,
                dtype=int,
            ),
        },
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        batch_size=int(dials["batch"]),
        names={
            "emb.weight": "E",
            "fc1.weight": "W1",
            "fc1.bias": "b1",
            "fc2.weight": "W2",
            "fc2.bias": "b2",
        },
        measures={"val_loss": on_kept_names},
    )


def on_kept_names(net):
    """The loss on names that nobody learns from."""
    return F.cross_entropy(net(tensor(X_KEPT)), tensor(T_KEPT))

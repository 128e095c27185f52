"""How does a net remember? One weight at every moment."""

import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, no_grad, optim, rand, tensor, zeros

LETTERS = ("h", "e", "l", "o")
ONE_HOT = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0]]


class Unit(nn.Module):
    """One unit that hears itself a moment later."""

    def __init__(self, w, u):
        super().__init__()
        self.w = nn.Parameter(tensor(w))
        self.u = nn.Parameter(tensor(u))
        self.h0 = nn.Parameter(tensor(0.0))

    def forward(self, inputs):
        h = self.h0
        for t in range(len(inputs)):
            x = inputs[t]
            kept = self.w * h
            seen = self.u * x
            z = kept + seen
            h = F.tanh(z)
        return h


def remember(net, optimizer, inputs, t):
    """After the last moment, the net should still say the first."""
    net.zero_grad()
    h = net(inputs)
    e = h - t
    loss = e**2
    loss.backward()
    optimizer.step()
    return loss


class Powers(nn.Module):
    """Only the memory: the same factor, twenty times."""

    def __init__(self, w):
        super().__init__()
        self.w = nn.Parameter(tensor(w))
        self.h0 = nn.Parameter(tensor(1.0))

    def forward(self):
        h = self.h0
        for _ in range(20):
            h = self.w * h
        return h


def keep_one(net, optimizer, limit):
    """Say 1 after twenty moments; a gradient has at most a length."""
    net.zero_grad()
    h = net()
    e = h - 1
    loss = e**2
    loss.backward()
    with no_grad():
        norm = F.abs(net.w.grad)
        longer = norm + 1e-6  # never 0
        share = limit / longer
        factor = F.clamp(share, max=1.0)
        clipped = net.w.grad * factor
        net.w.grad = clipped
    optimizer.step()
    return loss


class Speller(nn.Module):
    """A letter in, scores for the next letter out."""

    def __init__(self, memory):
        super().__init__()
        self.memory = memory
        self.xh = nn.Linear(4, 4, bias=False)
        self.hh = nn.Linear(4, 4)
        self.hy = nn.Linear(4, 4)
        self.register_buffer("h0", zeros(4))

    def forward(self, inputs):
        h = self.h0
        said = []
        for t in range(4):
            x = inputs[t]
            seen = self.xh(x)
            heard = self.hh(h)
            kept = self.memory * heard
            z = seen + kept
            h = F.tanh(z)
            y = self.hy(h)
            said.append(y)
        scores = F.stack(said)
        return scores


def spell(net, optimizer, inputs, t):
    """Four guesses, four losses, one step."""
    net.zero_grad()
    scores = net(inputs)
    losses = F.cross_entropy(scores, t, reduction="none")
    loss = losses.mean()
    loss.backward()
    optimizer.step()
    return loss


class ManyNets(nn.Module):
    """Twenty nets of two units: A or B, then blanks, then: which?"""

    def __init__(self, nets):
        super().__init__()
        self.Wx = uniform(nets, 2, 2)
        self.Wh = uniform(nets, 2, 2)
        self.b = uniform(nets, 1, 2)
        self.Wy = uniform(nets, 2, 2)
        self.register_buffer("h0", zeros(nets, 2, 2))

    def forward(self, inputs):
        h = self.h0
        for t in range(len(inputs)):
            x = inputs[t]
            seen = x @ self.Wx
            kept = h @ self.Wh
            sums = seen + kept
            z = sums + self.b
            h = F.tanh(z)
        y = h @ self.Wy
        return y


def uniform(*shape):
    """Numbers in ±1/√2, as nn.RNN draws them for two units."""
    bound = 2**-0.5
    parameter = nn.Parameter((2 * rand(*shape) - 1) * bound)
    parameter.axes = ("net", "in", "out")
    parameter.initialised_by = "uniform ±1/√2"
    return parameter


def recall(net, optimizer, inputs, t):
    """One training step of every net."""
    net.zero_grad()
    scores = net(inputs)
    p = F.softmax(scores, dim=2)
    right = p * t
    p_right = right.sum(dim=2)
    with no_grad():
        good = p_right > 0.5
        share_good = good.mean(dim=1)
        solved = share_good == 1
        share = solved.mean()
    log_p = F.log(p_right)
    surprise = -log_p
    loss = surprise.sum()
    loss.backward()
    optimizer.step()
    return loss


def scalar(dials):
    net = Unit(dials["w"], 1.0)
    return Experiment(
        net=net,
        optimizer=optim.SGD([net.w, net.u], lr=dials["lr"]),
        step=remember,
        data={
            "inputs": Table([1, 0, 0], ("moment",), (("1", "2", "3"),)),
            "t": Table(1.0),
        },
    )


def powers(dials):
    net = Powers(dials["w"])
    return Experiment(
        net=net,
        optimizer=optim.SGD([net.w], lr=0.01),
        step=lambda net, sgd: keep_one(net, sgd, dials["limit"]),
    )


def hello(dials):
    net = Speller(dials["memory"])
    axes, read = ("moment", "letter"), tuple("hell")
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=spell,
        data={
            "inputs": Table(ONE_HOT, axes, (read, LETTERS)),
            "t": Table([1, 2, 2, 3], axes[:1], (read,), dtype=int),
        },
        names={
            "xh.weight": "Wx",
            "hh.weight": "Wh",
            "hh.bias": "b",
            "hy.weight": "Wy",
            "hy.bias": "by",
        },
    )


def far(dials):
    net = ManyNets(20)
    k = int(dials["k"])
    symbols = [[[1, 0], [0, 1]]] + [[[0, 0], [0, 0]]] * k
    moments = ("A/B", *("_" * k))
    axes, rows = ("moment", "row", "symbol"), ("A", "B")
    return Experiment(
        net=net,
        optimizer=optim.Adam(net.parameters(), lr=0.05),
        step=recall,
        data={
            "inputs": Table(symbols, axes, (moments, rows, rows)),
            "t": Table([[1, 0], [0, 1]], axes[1:], (rows, rows)),
        },
    )

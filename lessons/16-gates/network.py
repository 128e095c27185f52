"""How do gates keep a memory? A valve by hand, an LSTM, a GRU."""

import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, no_grad, optim, rand, tensor, zeros


class Valve(nn.Module):
    """One memory cell; f keeps, i lets in, and g is what is new."""

    def __init__(self, f, i):
        super().__init__()
        self.c0 = nn.Parameter(tensor([1.0]))
        self.register_buffer("f", tensor(f))
        self.register_buffer("i", tensor(i))
        self.register_buffer("g", tensor([-1.0]))

    def forward(self):
        c = self.c0
        for _ in range(20):
            kept = self.f * c
            written = self.i * self.g
            c = kept + written
        y = c[0]  # the number itself
        return y


def pull(net, optimizer):
    """How does the last moment depend on the first?"""
    net.zero_grad()
    y = net()
    y.backward()
    return y


class LSTM(nn.Module):
    """Two units: gates i, f, o, and g, what would be written."""

    def __init__(self):
        super().__init__()
        self.x = nn.Linear(2, 8)
        self.h = nn.Linear(2, 8, bias=False)
        self.out = nn.Linear(2, 2)
        self.register_buffer("h0", zeros(2, 2))
        self.register_buffer("c0", zeros(2, 2))

    def forward(self, inputs):
        h, c = self.h0, self.c0
        for t in range(len(inputs)):
            x = inputs[t]
            seen = self.x(x)
            heard = self.h(h)
            sums = seen + heard
            i_sum = sums[:, 0:2]
            f_sum = sums[:, 2:4]
            g_sum = sums[:, 4:6]
            o_sum = sums[:, 6:8]
            i = F.sigmoid(i_sum)
            f = F.sigmoid(f_sum)
            g = F.tanh(g_sum)
            o = F.sigmoid(o_sum)
            kept = f * c
            written = i * g
            c = kept + written
            said = F.tanh(c)
            h = o * said
        y = self.out(h)
        return y


class GRU(nn.Module):
    """Two units: r opens the old for the new, z keeps the old."""

    def __init__(self):
        super().__init__()
        self.x = nn.Linear(2, 6)
        self.h = nn.Linear(2, 6)
        self.out = nn.Linear(2, 2)
        self.register_buffer("h0", zeros(2, 2))

    def forward(self, inputs):
        h = self.h0
        for t in range(len(inputs)):
            x = inputs[t]
            seen = self.x(x)
            heard = self.h(h)
            r_seen = seen[:, 0:2]
            r_heard = heard[:, 0:2]
            r_sum = r_seen + r_heard
            r = F.sigmoid(r_sum)
            z_seen = seen[:, 2:4]
            z_heard = heard[:, 2:4]
            z_sum = z_seen + z_heard
            z = F.sigmoid(z_sum)
            n_seen = seen[:, 4:6]
            n_heard = heard[:, 4:6]
            n_let = r * n_heard
            n_sum = n_seen + n_let
            n = F.tanh(n_sum)
            kept = z * h
            rest = 1 - z
            written = rest * n
            h = kept + written
        y = self.out(h)
        return y


def recall(net, optimizer, inputs, t):
    """A or B, blanks, and then: which was it?"""
    net.zero_grad()
    scores = net(inputs)
    losses = F.cross_entropy(scores, t, reduction="none")
    loss = losses.mean()
    loss.backward()
    optimizer.step()
    return loss


class ManyNets(nn.Module):
    """Twenty nets of two units side by side, of one kind."""

    def __init__(self, nets, cell, bias):
        super().__init__()
        self.moment = MOMENTS[cell]
        gates = {"RNN": 1, "LSTM": 4, "GRU": 3}[cell]
        self.Wx = uniform(nets, 2, 2 * gates)
        self.Wh = uniform(nets, 2, 2 * gates)
        self.b = uniform(nets, 1, 2 * gates)
        self.bh = uniform(nets, 1, 2 * gates)
        self.Wy = uniform(nets, 2, 2)
        if gates > 1:  # f of the LSTM, z of the GRU: they keep
            self.b.data[:, :, 2:4] += bias
        if cell == "LSTM":  # what keeps must not write
            self.b.data[:, :, 0:2] -= bias
        self.register_buffer("h0", zeros(nets, 2, 2))

    def forward(self, inputs):
        h, c = self.h0, self.h0
        for t in range(len(inputs)):
            x = inputs[t]
            seen_W = x @ self.Wx
            seen = seen_W + self.b
            heard_W = h @ self.Wh
            heard = heard_W + self.bh
            h, c = self.moment(seen, heard, h, c)
        y = h @ self.Wy
        return y


def rnn_moment(seen, heard, h, c):
    sums = seen + heard
    h = F.tanh(sums)
    return h, h


def lstm_moment(seen, heard, h, c):
    sums = seen + heard
    i_sum = sums[:, :, 0:2]
    f_sum = sums[:, :, 2:4]
    g_sum = sums[:, :, 4:6]
    o_sum = sums[:, :, 6:8]
    i = F.sigmoid(i_sum)
    f = F.sigmoid(f_sum)
    g = F.tanh(g_sum)
    o = F.sigmoid(o_sum)
    kept = f * c
    written = i * g
    c = kept + written
    said = F.tanh(c)
    h = o * said
    return h, c


def gru_moment(seen, heard, h, c):
    rz_seen = seen[:, :, 0:4]
    rz_heard = heard[:, :, 0:4]
    rz_sum = rz_seen + rz_heard
    rz = F.sigmoid(rz_sum)
    r = rz[:, :, 0:2]
    z = rz[:, :, 2:4]
    n_seen = seen[:, :, 4:6]
    n_heard = heard[:, :, 4:6]
    n_let = r * n_heard
    n_sum = n_seen + n_let
    n = F.tanh(n_sum)
    kept = z * h
    rest = 1 - z
    written = rest * n
    h = kept + written
    return h, h


MOMENTS = {"RNN": rnn_moment, "LSTM": lstm_moment, "GRU": gru_moment}


def uniform(*shape):
    """Numbers in ±1/√2, as nn.LSTM draws them for two units."""
    bound = 2**-0.5
    parameter = nn.Parameter((2 * rand(*shape) - 1) * bound)
    parameter.axes = ("net", "in", "out")
    parameter.initialised_by = "uniform ±1/√2"
    return parameter


def recall_all(net, optimizer, inputs, t):
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


def sequence(k):
    """A and B, and after each k blanks."""
    symbols = [[[1, 0], [0, 1]]] + [[[0, 0], [0, 0]]] * int(k)
    moments = ("A/B", *("_" * int(k)))
    axes, rows = ("moment", "row", "symbol"), ("A", "B")
    return Table(symbols, axes, (moments, rows, rows))


def valve(dials):
    return Experiment(net=Valve(dials["f"], dials["i"]), step=pull)


def one(net, k):
    """The task for one net."""
    gates = "ifgo" if isinstance(net, LSTM) else "rzn"
    rows = tuple(f"{gate}{unit}" for gate in gates for unit in (0, 1))
    for parameter in (*net.x.parameters(), *net.h.parameters()):
        parameter.labels = (rows,)
    answers = Table([0, 1], ("row",), (("A", "B"),), dtype=int)
    names = {
        "x.weight": "Wx",
        "x.bias": "b",
        "h.weight": "Wh",
        "out.weight": "Wy",
        "out.bias": "by",
    }
    if isinstance(net, GRU):
        names["h.bias"] = "bh"
    return Experiment(
        net=net,
        optimizer=optim.Adam(net.parameters(), lr=0.05),
        step=recall,
        data={"inputs": sequence(k), "t": answers},
        names=names,
    )


def lstm(dials):
    net = LSTM()
    net.x.bias.data[0:2] -= dials["bias"]
    net.x.bias.data[2:4] += dials["bias"]
    return one(net, dials["k"])


def gru(dials):
    net = GRU()
    net.x.bias.data[2:4] += dials["bias"]
    return one(net, dials["k"])


def many(dials):
    net = ManyNets(20, dials["cell"], dials["bias"])
    axes = ("row", "symbol")
    rows = (("A", "B"), ("A", "B"))
    return Experiment(
        net=net,
        optimizer=optim.Adam(net.parameters(), lr=0.05),
        step=recall_all,
        data={
            "inputs": sequence(dials["k"]),
            "t": Table([[1, 0], [0, 1]], axes, rows),
        },
    )

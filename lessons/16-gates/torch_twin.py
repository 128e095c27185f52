"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn


class Valve(nn.Module):
    """One memory cell; f keeps, i lets in, and g is what is new."""

    def __init__(self, c0, f, i):
        super().__init__()
        self.c0 = nn.Parameter(c0)
        self.f, self.i, self.g = f, i, -1.0

    def forward(self):
        c = self.c0
        for _ in range(20):
            kept = self.f * c
            written = self.i * self.g
            c = kept + written
        y = c[0]  # the number itself
        return y


def pull(net):
    """How does the last moment depend on the first?"""
    net.zero_grad()
    y = net()
    y.backward()
    return y


class LSTM(nn.Module):
    """Two units: gates i, f, o, and g, what would be written."""

    def __init__(self):
        super().__init__()
        self.cell = nn.LSTM(2, 2)  # its rows: i, f, g, o
        self.out = nn.Linear(2, 2)

    def forward(self, inputs):
        h, (_, last) = self.cell(inputs)  # -> i1, f1, g1, o1, c1, h1
        y = self.out(h[-1])
        return y, last[0]


class GRU(nn.Module):
    """Two units: r opens the old for the new, z keeps the old."""

    def __init__(self):
        super().__init__()
        self.cell = nn.GRU(2, 2)  # its rows: r, z, n
        self.out = nn.Linear(2, 2)

    def forward(self, inputs):
        h, _ = self.cell(inputs)  # -> r1, z1, n1, kept1, h1
        y = self.out(h[-1])
        return y, h[-1]


def recall(net, optimizer, inputs, t):
    """A or B, blanks, and then: which was it?"""
    optimizer.zero_grad()
    scores, last = net(inputs)
    losses = F.cross_entropy(scores, t, reduction="none")
    loss = losses.mean()
    loss.backward()
    optimizer.step()
    return loss, last


class ManyNets(nn.Module):
    """Twenty nets of two units side by side, of one kind."""

    def __init__(self, cell, Wx, Wh, b, bh, Wy, h0):
        super().__init__()
        self.moment = MOMENTS[cell]
        self.Wx = nn.Parameter(Wx)
        self.Wh = nn.Parameter(Wh)
        self.b = nn.Parameter(b)
        self.bh = nn.Parameter(bh)
        self.Wy = nn.Parameter(Wy)
        self.h0 = h0

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
    h = torch.tanh(sums)
    return h, h


def lstm_moment(seen, heard, h, c):
    sums = seen + heard
    i_sum, f_sum, g_sum, o_sum = sums.chunk(4, dim=2)
    i = torch.sigmoid(i_sum)
    f = torch.sigmoid(f_sum)
    g = torch.tanh(g_sum)
    o = torch.sigmoid(o_sum)
    kept = f * c
    written = i * g
    c = kept + written
    said = torch.tanh(c)
    h = o * said
    return h, c


def gru_moment(seen, heard, h, c):
    r_seen, z_seen, n_seen = seen.chunk(3, dim=2)
    r_heard, z_heard, n_heard = heard.chunk(3, dim=2)
    r = torch.sigmoid(r_seen + r_heard)
    z = torch.sigmoid(z_seen + z_heard)
    n_let = r * n_heard
    n_sum = n_seen + n_let
    n = torch.tanh(n_sum)
    kept = z * h
    rest = 1 - z
    written = rest * n
    h = kept + written
    return h, h


MOMENTS = {"RNN": rnn_moment, "LSTM": lstm_moment, "GRU": gru_moment}


def recall_all(net, optimizer, inputs, t):
    """One training step of every net."""
    optimizer.zero_grad()
    scores = net(inputs)
    p = F.softmax(scores, dim=2)
    right = p * t
    p_right = right.sum(dim=2)
    log_p = torch.log(p_right)
    surprise = -log_p
    loss = surprise.sum()
    loss.backward()
    optimizer.step()
    return loss


def valve(dials, start, batches):
    net = Valve(start["c0"], dials["f"], dials["i"])
    for _ in batches:
        y = pull(net)
        yield {"y": y, "c0.grad": net.c0.grad}


def one(net, start, batches, state):
    """Three steps with the framework's own cell."""
    cell = net.cell
    cell.weight_ih_l0.data = start["Wx"]
    cell.weight_hh_l0.data = start["Wh"]
    cell.bias_ih_l0.data = start["b"]
    learnt = {"Wx": cell.weight_ih_l0, "Wh": cell.weight_hh_l0}
    learnt["b"] = cell.bias_ih_l0
    if "bh" in start:
        cell.bias_hh_l0.data = start["bh"]
        learnt["bh"] = cell.bias_hh_l0
    else:  # one bias is enough
        cell.bias_hh_l0.data = torch.zeros_like(start["b"])
        cell.bias_hh_l0.requires_grad_(False)
    net.out.weight.data, net.out.bias.data = start["Wy"], start["by"]
    learnt |= {"Wy": net.out.weight, "by": net.out.bias}
    optimizer = torch.optim.Adam(learnt.values(), lr=0.05)
    for batch in batches:
        loss, last = recall(net, optimizer, **batch)
        told = {"loss": loss, f"{state}{len(batch['inputs'])}": last}
        for name, parameter in learnt.items():
            told[f"{name}.grad"] = parameter.grad
            told[f"{name}'"] = parameter
        yield told


def lstm(dials, start, batches):
    yield from one(LSTM(), start, batches, "c")


def gru(dials, start, batches):
    yield from one(GRU(), start, batches, "h")


def many(dials, start, batches):
    net = ManyNets(dials["cell"], **start)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
    for batch in batches:
        loss = recall_all(net, optimizer, **batch)
        yield {
            "loss": loss,
            "Wx.grad": net.Wx.grad,
            "Wh.grad": net.Wh.grad,
            "b.grad": net.b.grad,
            "Wh'": net.Wh,
            "Wy'": net.Wy,
        }

"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn


class Unit(nn.Module):
    """One unit that hears itself a moment later."""

    def __init__(self, w, u, h0):
        super().__init__()
        self.w = nn.Parameter(w)
        self.u = nn.Parameter(u)
        self.h0 = nn.Parameter(h0)

    def forward(self, inputs):
        h = self.h0
        for t in range(len(inputs)):
            x = inputs[t]
            kept = self.w * h
            seen = self.u * x
            z = kept + seen
            h = torch.tanh(z)
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

    def __init__(self, w, h0):
        super().__init__()
        self.w = nn.Parameter(w)
        self.h0 = nn.Parameter(h0)

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
    nn.utils.clip_grad_norm_([net.w], limit)  # -> norm, clipped
    optimizer.step()
    return loss


class Speller(nn.Module):
    """A letter in, scores for the next letter out."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(4, 4)  # all moments: tanh(Wx·x + Wh·h + b)
        self.hy = nn.Linear(4, 4)

    def forward(self, inputs):
        h, _ = self.rnn(inputs)  # -> seen1, heard1, z1, h1
        scores = self.hy(h)  # -> y1, scores
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

    def __init__(self, Wx, Wh, b, Wy, h0):
        super().__init__()
        self.Wx = nn.Parameter(Wx)
        self.Wh = nn.Parameter(Wh)
        self.b = nn.Parameter(b)
        self.Wy = nn.Parameter(Wy)
        self.h0 = h0

    def forward(self, inputs):
        h = self.h0
        for t in range(len(inputs)):
            x = inputs[t]
            seen = x @ self.Wx
            kept = h @ self.Wh
            sums = seen + kept
            z = sums + self.b
            h = torch.tanh(z)
        y = h @ self.Wy
        return y


def recall(net, optimizer, inputs, t):
    """One training step of every net."""
    net.zero_grad()
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


def scalar(dials, start, batches):
    net = Unit(**start)
    optimizer = torch.optim.SGD([net.w, net.u], lr=dials["lr"])
    for batch in batches:
        loss = remember(net, optimizer, **batch)
        yield {
            "loss": loss,
            "w.grad": net.w.grad,
            "u.grad": net.u.grad,
            "h0.grad": net.h0.grad,
            "w'": net.w,
            "u'": net.u,
        }


def powers(dials, start, batches):
    net = Powers(**start)
    optimizer = torch.optim.SGD([net.w], lr=0.01)
    for _ in batches:
        loss = keep_one(net, optimizer, dials["limit"])
        yield {
            "loss": loss,
            "h0.grad": net.h0.grad,
            "clipped": net.w.grad,
            "w'": net.w,
        }


def hello(dials, start, batches):
    net = Speller()
    layers = {
        "Wx": net.rnn.weight_ih_l0,
        "Wh": net.rnn.weight_hh_l0,
        "b": net.rnn.bias_hh_l0,
        "Wy": net.hy.weight,
        "by": net.hy.bias,
    }
    for name, parameter in layers.items():
        parameter.data = start[name]
    net.rnn.bias_ih_l0.data = torch.zeros_like(start["b"])
    net.rnn.bias_ih_l0.requires_grad_(False)  # one bias is enough
    optimizer = torch.optim.SGD(layers.values(), lr=dials["lr"])
    for batch in batches:
        loss = spell(net, optimizer, **batch)
        told = {"loss": loss}
        for name, parameter in layers.items():
            told[f"{name}.grad"] = parameter.grad
            told[f"{name}'"] = parameter
        yield told


def far(dials, start, batches):
    net = ManyNets(**start)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
    for batch in batches:
        loss = recall(net, optimizer, **batch)
        yield {
            "loss": loss,
            "Wx.grad": net.Wx.grad,
            "Wh.grad": net.Wh.grad,
            "b.grad": net.b.grad,
            "Wh'": net.Wh,
            "Wy'": net.Wy,
        }

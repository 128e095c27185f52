"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn


class Parabola(nn.Module):
    """One number in one valley: f = x²."""

    def __init__(self, x):
        super().__init__()
        self.x = nn.Parameter(x)

    def forward(self):
        f = self.x**2
        return f


class TwoValleys(nn.Module):
    """f = (x² − 1)² / 4 + tilt · x: two valleys, a hill between."""

    def __init__(self, x, tilt):
        super().__init__()
        self.x = nn.Parameter(x)
        self.tilt = tilt

    def forward(self):
        square = self.x**2
        off = square - 1  # zero at x = −1 and at x = 1
        off2 = off**2
        valleys = off2 / 4
        lean = self.x * self.tilt
        f = valleys + lean
        return f


def descend(net, optimizer):
    optimizer.zero_grad()
    f = net()
    f.backward()
    optimizer.step()
    return f


class Line(nn.Module):
    """y = w x + b, as in lesson 02."""

    def __init__(self, w, b):
        super().__init__()
        self.w = nn.Parameter(w)
        self.b = nn.Parameter(b)

    def forward(self, x):
        wx = self.w * x
        y = wx + self.b
        return y


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    loss = F.mse_loss(y, t)
    loss.backward()
    optimizer.step()
    return loss


def standardise(x):
    """Shift x to mean 0 and scale it to spread 1."""
    centre = x.mean()
    dx = x - centre
    squares = dx**2
    variance = squares.mean()
    spread = torch.sqrt(variance)
    z = dx / spread
    return z


def standardised_step(net, optimizer, x, t):
    z = standardise(x)
    loss = train_step(net, optimizer, z, t)
    return loss


def walk(net, lr, batches):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    for _ in batches:
        f = descend(net, optimizer)
        yield {"f": f, "x.grad": net.x.grad, "x'": net.x}


def parabola(dials, start, batches):
    return walk(Parabola(start["x"]), dials["lr"], batches)


def two_valleys(dials, start, batches):
    net = TwoValleys(start["x"], dials["tilt"])
    return walk(net, dials["lr"], batches)


def lines(step, dials, start, batches):
    net = Line(start["w"], start["b"])
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss = step(net, optimizer, **batch)
        yield {
            "loss": loss,
            "w.grad": net.w.grad,
            "b.grad": net.b.grad,
            "w'": net.w,
            "b'": net.b,
        }


def points(dials, start, batches):
    return lines(train_step, dials, start, batches)


def standardised(dials, start, batches):
    return lines(standardised_step, dials, start, batches)

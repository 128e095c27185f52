"""Learned or memorised? Ten points, 200 features, and dropout."""

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Sketch, Table
from tuiexplain.engine import (
    nn,
    ones,
    optim,
    rand,
    randn,
    tensor,
    zeros,
)


class Polynomial(nn.Module):
    """A sum of shapes: a constant, a slope, one bend, two bends …"""

    def __init__(self, columns):
        super().__init__()
        self.w = nn.Parameter(zeros(columns))

    def forward(self, c):
        y = c @ self.w
        return y


def train_step(net, optimizer, c, t):
    optimizer.zero_grad()
    y = net(c)
    loss = F.mse_loss(y, t)
    loss.backward()
    optimizer.step()
    return loss


class Wide(nn.Module):
    """A weighted sum of 200 features."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(randn(200))
        self.b = nn.Parameter(zeros(1))

    def forward(self, x):
        wx = x @ self.w
        y = wx + self.b
        return y


def wide_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    mse = F.mse_loss(y, t)
    loss = mse / 2
    loss.backward()
    optimizer.step()
    return loss


class Eight(nn.Module):
    """Eight ones in each row, and dropout."""

    def __init__(self, rows, p):
        super().__init__()
        self.h = nn.Parameter(ones(rows, 8))
        self.drop = nn.Dropout(p)

    def forward(self):
        kept = self.drop(self.h)
        return kept


def drop_and_use(net, optimizer):
    net.train()
    kept = net()
    means = kept.mean(dim=1)  # one for each row
    average = means.mean()
    average.backward()
    net.eval()
    used = net().mean(dim=1)
    return average


def columns(x, degree):
    """Chebyshev's polynomials of x, from degree 0 to ``degree``."""
    return np.cos(np.arange(degree + 1) * np.arccos(x)[:, None])


def noisy_sine(x):
    noise = randn(len(x)).data
    return np.sin(np.pi * x) + 0.25 * noise


def sine(dials):
    degree = dials["degree"]
    net = Polynomial(degree + 1)
    x = np.linspace(-1, 1, dials["points"])
    t = noisy_sine(x)
    # kept aside: ten points to choose by, a hundred for the end
    x_val = 2 * rand(10).data - 1
    t_val = noisy_sine(x_val)
    if dials["aside"] == "100":
        x_val = 2 * rand(100).data - 1
        t_val = noisy_sine(x_val)
    c_val = tensor(columns(x_val, degree))
    fine = np.linspace(-1, 1, 121)

    def val_loss(net):
        return F.mse_loss(net(c_val), tensor(t_val))

    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=0.1),
        step=train_step,
        data={
            "c": Table(
                columns(x, degree),
                axes=("point", "column"),
                name="columns",
            ),
            "t": Table(t, axes=("point",), name="sine"),
        },
        measures={"val_loss": val_loss},
        sketch=Sketch(
            x=fine,
            fn=lambda net: net(tensor(columns(fine, degree))),
            points=(x, t),
            others=(x_val, t_val),
        ),
    )


def wide(dials):
    net = Wide()
    decay = dials["weight_decay"]
    optimizer = optim.SGD(
        net.parameters(), lr=0.003, weight_decay=decay
    )

    def rows(count):
        x = randn(count, 200).data
        noise = randn(count).data
        return x, 0.01 * x.sum(axis=1) + 0.05 + 0.01 * noise

    def loss_on(x, t):
        return lambda net: F.mse_loss(net(tensor(x)), tensor(t)) / 2

    x, t = rows(20)
    return Experiment(
        net=net,
        optimizer=optimizer,
        step=wide_step,
        data={
            "x": Table(x, axes=("row", "feature"), name="drawn"),
            "t": Table(t, axes=("row",), name="drawn"),
        },
        batch_size=5,
        measures={
            "train_loss": loss_on(x, t),
            "test_loss": loss_on(*rows(100)),
        },
    )


def dropout(dials):
    net = Eight(16, dials["p"])
    return Experiment(net=net, step=drop_and_use)

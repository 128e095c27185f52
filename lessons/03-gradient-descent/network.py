"""How far should one step go? Four landscapes to walk down."""

import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, optim, tensor


class Parabola(nn.Module):
    """One number in one valley: f = x²."""

    def __init__(self, x):
        super().__init__()
        self.x = nn.Parameter(tensor(x))

    def forward(self):
        f = self.x**2
        return f


class TwoValleys(nn.Module):
    """f = (x² − 1)² / 4 + tilt · x: two valleys, a hill between."""

    def __init__(self, x, tilt):
        super().__init__()
        self.x = nn.Parameter(tensor(x))
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
        self.w = nn.Parameter(tensor(w))
        self.b = nn.Parameter(tensor(b))

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
    spread = F.sqrt(variance)
    z = dx / spread
    return z


def standardised_step(net, optimizer, x, t):
    z = standardise(x)
    loss = train_step(net, optimizer, z, t)
    return loss


def parabola(dials):
    net = Parabola(dials["x"])
    return walk(net, dials["lr"])


def two_valleys(dials):
    net = TwoValleys(dials["x"], dials["tilt"])
    return walk(net, dials["lr"])


def walk(net, lr):
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=lr),
        step=descend,
    )


def points(dials):
    net = Line(dials["w"], dials["b"])
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=train_step,
        data=four_points(unit=1),
    )


def standardised(dials):
    net = Line(dials["w"], dials["b"])
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=standardised_step,
        data=four_points(int(dials["unit"])),
    )


def four_points(unit):
    """On the line t = 2 x + 1; x is measured in a unit."""
    x = [unit * each for each in (1, 2, 3, 4)]
    t = [3, 5, 7, 9]
    return {
        "x": Table(x, axes=("example",), name="four-points"),
        "t": Table(t, axes=("example",), name="four-points"),
    }

"""Why normalise, why shortcuts?"""

from pathlib import Path

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, no_grad, optim, tensor

DATA = Path(__file__).parents[1] / "data"
EPS = 1e-5
FEATURES = ("bill_length", "bill_depth", "flipper", "male")


class Normalise(nn.Module):
    """To mean 0 and deviation 1, then stretched and shifted."""

    def __init__(self, dim):
        super().__init__()
        self.dim = dim  # 1: each row by itself; 0: each column
        self.gain = nn.Parameter(tensor([1, 1, 1]))
        self.shift = nn.Parameter(tensor([0, 0, 0]))

    def forward(self, x):
        mu = x.mean(self.dim, keepdim=True)
        centred = x - mu
        spread = centred**2
        var = spread.mean(self.dim, keepdim=True)
        safe = var + EPS
        std = safe.sqrt()
        xhat = centred / std
        scaled = self.gain * xhat
        y = scaled + self.shift
        return y


def mean_squared_error(y, t):
    r = y - t
    squares = r**2
    loss = squares.mean()
    return loss


def step_by_hand(net, optimizer, x, t):
    optimizer.zero_grad()
    x = x.detach().requires_grad_()  # ask about the input as well
    y = net(x)
    loss = mean_squared_error(y, t)
    loss.backward()
    optimizer.step()
    return loss


class Scales(nn.Module):
    """Four measurements, normalised or not, to one weight."""

    def __init__(self, normalise):
        super().__init__()
        self.norm = nn.BatchNorm1d(4, affine=False)
        self.fc = nn.Linear(4, 1)
        self.normalise = normalise

    def forward(self, x):
        u = x
        if self.normalise:
            u = self.norm(x)
        y = self.fc(u)
        return y


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    loss = mean_squared_error(y, t)
    loss.backward()
    optimizer.step()
    return loss


def use_it(net, optimizer, x, t):
    with no_grad():
        y = net(x)
        loss = mean_squared_error(y, t)
    return loss


class Chain(nn.Module):
    """Five layers, one after the other: 3-3-3-3-3-1."""

    def __init__(self, keep):
        super().__init__()
        self.fc1 = nn.Linear(3, 3)
        self.fc2 = nn.Linear(3, 3)
        self.fc3 = nn.Linear(3, 3)
        self.fc4 = nn.Linear(3, 3)
        self.fc5 = nn.Linear(3, 1)
        self.keep = keep  # 1: shortcuts, x + f(x); 0: only f(x)

    def forward(self, x):
        z1 = self.fc1(x)
        f1 = F.gelu(z1, approximate="tanh")
        s1 = self.keep * x
        h1 = s1 + f1
        z2 = self.fc2(h1)
        f2 = F.gelu(z2, approximate="tanh")
        s2 = self.keep * h1
        h2 = s2 + f2
        z3 = self.fc3(h2)
        f3 = F.gelu(z3, approximate="tanh")
        s3 = self.keep * h2
        h3 = s3 + f3
        z4 = self.fc4(h3)
        f4 = F.gelu(z4, approximate="tanh")
        s4 = self.keep * h3
        h4 = s4 + f4
        z5 = self.fc5(h4)
        y = F.gelu(z5, approximate="tanh")  # 3 to 1: no shortcut
        return y


def by_hand(dials):
    net = Normalise(1 if dials["over"] == "rows" else 0)
    net.gain.axes = net.shift.axes = ("feature",)
    source = {"axes": ("example", "feature"), "name": "two-rows"}
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=step_by_hand,
        data={
            "x": Table([[1, 2, 3], [4, 5, 9]], **source),
            "t": Table([[1, 0, 0], [0, 0, 1]], **source),
        },
    )


def scales(dials):
    x, t = measurements()
    if dials["data"] == "standardised":
        x = (x - x.mean(axis=0)) / x.std(axis=0)
    net = named(Scales(dials["norm"] == "batch"))
    net.train(dials["mode"] == "train")
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=train_step,
        data=penguins(x, t),
        batch_size=int(dials["batch_size"]),
        names={"fc.weight": "W", "fc.bias": "b"},
        measures={"table_loss": lambda net: in_use(net, x, t)},
    )


def in_use(net, x, t):
    """The loss over all birds, as it is after eval()."""
    net.eval()
    return F.mse_loss(net(tensor(x)), tensor(t)).item()


def company(dials):
    """Trained on all birds; then used on two of them."""
    x, t = measurements()
    trained = Scales(normalise=True)
    optimizer = optim.SGD(trained.parameters(), lr=0.05)
    for _ in range(200):
        train_step(trained, optimizer, tensor(x), tensor(t))
    net = named(Scales(normalise=True))
    net.load_state_dict(trained.state_dict())
    net.train(dials["mode"] == "train")
    second = {"light": t.argmin(), "heavy": t.argmax()}
    birds = [5, second[dials["company"]]]
    return Experiment(
        net=net,
        step=use_it,
        data=penguins(x[birds], t[birds]),
        names={"fc.weight": "W", "fc.bias": "b"},
    )


def measurements():
    """333 penguins: three lengths in mm and the sex; kilograms."""
    file = DATA / "penguins.csv"
    table = np.loadtxt(file, delimiter=",", skiprows=1)
    return table[:, :4], table[:, 4:] / 1000


def penguins(x, t):
    told = {
        "source": "Gorman, Williams and Fraser (2014)",
        "licence": "CC0 1.0",
    }
    axes, labels = ("penguin", "feature"), (None, FEATURES)
    birds = Table(x, axes, labels, "penguins", **told)
    kilos = Table(t, ("penguin", "mass"), name="mass", **told)
    return {"x": birds, "t": kilos}


def named(net):
    """Say what the axes are."""
    for buffer in (net.norm.running_mean, net.norm.running_var):
        buffer.axes, buffer.labels = ("feature",), (FEATURES,)
    net.fc.weight.axes = ("mass", "feature")
    net.fc.weight.labels = (None, FEATURES)
    net.fc.bias.axes = ("mass",)
    return net


def shortcuts(dials):
    """The weights are those that PyTorch draws from seed 123."""
    file = DATA / "chain.csv"
    table = np.loadtxt(file, delimiter=",", skiprows=1)
    net = Chain(dials["keep"])
    layers = (net.fc1, net.fc2, net.fc3, net.fc4, net.fc5)
    names = {}
    for number, layer in enumerate(layers, start=1):
        rows = table[table[:, 0] == number]
        numbers = {"weight": rows[:, 1:4], "bias": rows[:, 4]}
        layer.load_state_dict(numbers)
        names[f"fc{number}.weight"] = f"W{number}"
        names[f"fc{number}.bias"] = f"b{number}"
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=train_step,
        data={
            "x": Table([[1, 0, -1]], ("example", "feature")),
            "t": Table([[0]], ("example", "out"), name="target"),
        },
        names=names,
    )

"""The network of the guides, 4 - 10 - 1, finished."""

from pathlib import Path

import numpy as np
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, no_grad, optim, tensor

CSV = Path(__file__).parents[1] / "data" / "penguins.csv"
FEATURES = ("bill_length", "bill_depth", "flipper", "male")
TRAINED_ON = 256  # of 333 birds; the others are for validation


class Net(nn.Module):
    """4 inputs, 10 hidden units, 1 output: 61 parameters."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 10)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(10, 1)

    def forward(self, x):
        z1 = self.fc1(x)
        h = self.relu(z1)
        y = self.fc2(h)
        return y


criterion = nn.MSELoss()


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    loss = criterion(y, t)
    loss.backward()
    optimizer.step()
    return loss


def forgetful_step(net, optimizer, x, t):
    y = net(x)
    loss = criterion(y, t)
    loss.backward()
    optimizer.step()
    return loss


def step_with_a_look(net, optimizer, x, t):
    """Train, and compute on the side what was meant."""
    optimizer.zero_grad()
    y = net(x)
    r = y - t
    squares = r**2
    loss = squares.mean()
    with no_grad():
        mine = y.flatten()
        meant = t.flatten()
        error = mine - meant
        wrong = error**2
        true_mse = wrong.mean()
    loss.backward()
    optimizer.step()
    return loss


def evaluate(net, optimizer, x, t):
    with no_grad():
        y = net(x)
        r = y - t
        squares = r**2
        loss = squares.mean()
        sizes = r.abs()
        mae = sizes.mean()
    return loss


def penguins(dials):
    train, validation = split()
    net = named(Net())
    clears = dials["zero_grad"] == "yes"
    return Experiment(
        net=net,
        optimizer=adam(net, dials),
        step=train_step if clears else forgetful_step,
        keeps_gradients=True,
        data=tables(*train),
        batch_size=int(dials["batch_size"]),
        names=NAMES,
        measures={
            "val_loss": lambda net: mse(net, *validation),
            "val_mae": lambda net: mae(net, *validation),
        },
    )


def shapes(dials):
    """Eight birds; their masses as a column or as a flat row."""
    (x, t), _ = split()
    x, t = x[:8], t[:8]
    if dials["targets"] == "(N,)":
        t = t[:, 0]
    net = named(Net())
    return Experiment(
        net=net,
        optimizer=adam(net, dials),
        step=step_with_a_look,
        data=tables(x, t),
        names=NAMES,
    )


def validation(dials):
    """Train for some epochs; then birds it never saw."""
    (x, t), unseen = split()
    trained = Net()
    optimizer = adam(trained, dials)
    for _ in range(int(dials["epochs"])):
        for first in range(0, TRAINED_ON, 32):
            rows = slice(first, first + 32)
            batch = tensor(x[rows]), tensor(t[rows])
            train_step(trained, optimizer, *batch)
    net = named(Net())
    net.load_state_dict(trained.state_dict())
    net.train(dials["mode"] == "train")
    return Experiment(
        net=net,
        step=evaluate,
        data=tables(*unseen),
        names=NAMES,
    )


NAMES = {
    "fc1.weight": "W1",
    "fc1.bias": "b1",
    "fc2.weight": "W2",
    "fc2.bias": "b2",
}


def adam(net, dials):
    lr, eps = dials["lr"], dials["eps"]
    return optim.Adam(net.parameters(), lr=lr, eps=eps)


def mse(net, x, t):
    net.eval()
    return ((net(tensor(x)) - tensor(t)) ** 2).mean().item()


def mae(net, x, t):
    net.eval()
    return (net(tensor(x)) - tensor(t)).abs().mean().item()


def split():
    """Shuffled once; scaled by what the training birds are like."""
    table = np.loadtxt(CSV, delimiter=",", skiprows=1)
    table = table[np.random.default_rng(0).permutation(len(table))]
    x, t = table[:, :4], table[:, 4:] / 1000  # kilograms
    seen = x[:TRAINED_ON]
    x = (x - seen.mean(axis=0)) / seen.std(axis=0)
    train = x[:TRAINED_ON], t[:TRAINED_ON]
    unseen = x[TRAINED_ON:], t[TRAINED_ON:]
    return train, unseen


def tables(x, t):
    told = {
        "source": "Gorman, Williams and Fraser (2014)",
        "licence": "CC0 1.0",
    }
    axes, labels = ("penguin", "feature"), (None, FEATURES)
    birds = Table(x, axes, labels, "penguins", **told)
    flat = ("penguin",) if t.ndim == 1 else ("penguin", "mass")
    kilos = Table(t, flat, name="mass", **told)
    return {"x": birds, "t": kilos}


def named(net):
    """Say what the axes are."""
    net.fc1.weight.axes = ("hidden", "feature")
    net.fc1.weight.labels = (None, FEATURES)
    net.fc1.bias.axes = ("hidden",)
    net.fc2.weight.axes = ("mass", "hidden")
    net.fc2.bias.axes = ("mass",)
    return net

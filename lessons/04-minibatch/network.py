"""How much data per step? Batches of rows; two valleys with noise."""

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import (
    nn,
    no_grad,
    optim,
    randn,
    tensor,
    zeros,
)

ROWS = 256
DRAWS = 200
UPDATES = 512


class Plane(nn.Module):
    """y = w1 x1 + w2 x2."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(zeros(2))

    def forward(self, x):
        y = x @ self.w
        return y


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    loss = F.mse_loss(y, t)
    loss.backward()
    optimizer.step()
    return loss


class TwoValleys(nn.Module):
    """f = (x² − 1)² / 4 + 0.2 x, once for each walker."""

    def __init__(self, start, walkers):
        super().__init__()
        self.x = nn.Parameter(zeros(walkers) + start)

    def forward(self):
        square = self.x**2
        off = square - 1
        off2 = off**2
        valleys = off2 / 4
        lean = self.x * 0.2
        f = valleys + lean
        return f


def noisy_step(net, optimizer, z, noise):
    optimizer.zero_grad()
    f = net()
    height = f.mean()
    total = f.sum()
    total.backward()  # every walker has a slope of its own
    with no_grad():
        drawn = z[0]  # one random number for each walker
        push = drawn * noise
        slope = net.x.grad + push
        net.x.grad = slope
    optimizer.step()
    return height


class Averages(nn.Module):
    """Each row's own gradient, and means of some of them."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(zeros(2))

    def forward(self, x, t, rows):
        y = x @ self.w
        error = y - t
        column = error.unsqueeze(1)
        each = x * column
        grads = each * 2
        picked = grads[rows]
        means = picked.mean(1)
        return means


def spread_of(net, optimizer, x, t, rows):
    means = net(x, t, rows)
    first = means[:, 0]
    middle = first.mean()
    off = first - middle
    off2 = off**2
    variance = off2.mean()
    spread = F.sqrt(variance)
    return spread


def batches(dials):
    net = Plane()
    x, t = data()

    def full_loss(net):
        return F.mse_loss(net(tensor(x)), tensor(t))

    def floor(net):
        w = np.linalg.lstsq(x, t, rcond=None)[0]
        return np.mean((x @ w - t) ** 2)

    per_epoch = -(-ROWS // dials["batch"])
    decay = dials["decay"]
    optimizer = optim.SGD(net.parameters(), lr=dials["lr"])
    return Experiment(
        net=net,
        optimizer=optimizer,
        schedule=optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: decay ** (step / per_epoch)
        ),
        step=train_step,
        data=tables(x, t),
        batch_size=dials["batch"],
        measures={"full_loss": full_loss, "floor": floor},
    )


def spread(dials):
    x, t = data()
    draw = np.random.default_rng(dials["draw"])
    rows = draw.integers(0, ROWS, (DRAWS, dials["batch"]))
    return Experiment(
        net=Averages(),
        step=spread_of,
        data={
            **tables(x, t),
            "rows": Table(
                rows, axes=("draw", "row"), name="rows-drawn", dtype=int
            ),
        },
    )


def walkers(dials):
    net = TwoValleys(dials["x"], DRAWS)
    noise = dials["noise"]

    def escaped(net):
        return np.mean(net.x.data < 0)

    def step(net, optimizer, z):
        return noisy_step(net, optimizer, z, noise)

    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=step,
        data={
            "z": Table(
                randn(UPDATES, DRAWS).data,
                axes=("update", "walker"),
                name="random",
            )
        },
        batch_size=1,
        measures={"escaped": escaped},
    )


def data():
    """256 rows on a plane through zero, with a little noise."""
    draw = np.random.default_rng(4)
    x = draw.normal(size=(ROWS, 2))
    t = x @ [3.4, -4.2] + 0.1 * draw.normal(size=ROWS)
    return x, t


def tables(x, t):
    return {
        "x": Table(
            x,
            axes=("row", "feature"),
            labels=(None, ("x1", "x2")),
            name="made-rows",
        ),
        "t": Table(t, axes=("row",), name="made-rows"),
    }

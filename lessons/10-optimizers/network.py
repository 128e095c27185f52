"""Can the step be smarter? A ravine, two slopes, and the spiral."""

import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.course.datasets import spiral as points_of_a_spiral
from tuiexplain.engine import nn, optim, tensor


class Ravine(nn.Module):
    """f = 0.1 x1² + 2 x2²: flat along x1, steep along x2."""

    def __init__(self, x1, x2):
        super().__init__()
        self.x1 = nn.Parameter(tensor(x1))
        self.x2 = nn.Parameter(tensor(x2))

    def forward(self):
        square1 = self.x1**2
        flat = square1 * 0.1
        square2 = self.x2**2
        steep = square2 * 2
        f = flat + steep
        return f


class Slopes(nn.Module):
    """f = 1000 a + 0.001 b: gradients of 1000 and 0.001, everywhere."""

    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(tensor(0.0))
        self.b = nn.Parameter(tensor(0.0))

    def forward(self):
        large = self.a * 1000
        small = self.b * 0.001
        f = large + small
        return f


class Net(nn.Module):
    """From a point in the plane to scores for three classes."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 16)
        self.fc2 = nn.Linear(16, 3)

    def forward(self, x):
        z1 = self.fc1(x)
        h = F.relu(z1)
        scores = self.fc2(h)
        return scores


def descend(net, optimizer):
    optimizer.zero_grad()
    f = net()
    f.backward()
    optimizer.step()
    return f


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    scores = net(x)
    loss = F.cross_entropy(scores, t)
    loss.backward()
    optimizer.step()
    return loss


def chosen(name, net, lr):
    p = net.parameters()
    if name == "momentum":
        return optim.SGD(p, lr=lr, momentum=0.9)
    if name == "rmsprop":
        return optim.RMSprop(p, lr=lr, alpha=0.9)
    if name == "adam":
        return optim.Adam(p, lr=lr)
    return optim.SGD(p, lr=lr)


def momentum(dials):
    net = Ravine(dials["x1"], dials["x2"])
    lr, beta = dials["lr"], dials["momentum"]
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=lr, momentum=beta),
        step=descend,
    )


def slopes(dials):
    net = Slopes()
    return Experiment(
        net=net,
        optimizer=chosen(dials["optimizer"], net, dials["lr"]),
        step=descend,
    )


def ravine(dials):
    net = Ravine(dials["x1"], dials["x2"])
    return Experiment(
        net=net,
        optimizer=chosen(dials["optimizer"], net, dials["lr"]),
        step=descend,
    )


def spiral(dials):
    net = Net()
    x, t = points_of_a_spiral()

    def full_loss(net):
        return F.cross_entropy(net(tensor(x)), tensor(t))

    return Experiment(
        net=net,
        optimizer=chosen(dials["optimizer"], net, dials["lr"]),
        step=train_step,
        data={
            "x": Table(x, axes=("point", "place"), name="spiral"),
            "t": Table(t, axes=("point",), name="spiral", dtype=int),
        },
        batch_size=50,
        names={
            "fc1.weight": "W1",
            "fc1.bias": "b1",
            "fc2.weight": "W2",
            "fc2.bias": "b2",
        },
        measures={"full_loss": full_loss},
    )

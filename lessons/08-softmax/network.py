"""How do we choose among many? Three arms of a spiral."""

from functools import partial

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.course.datasets import spiral
from tuiexplain.engine import nn, optim, tensor

# The points, and then the start weights, as the case study of CS231n
# drew them: one sequence of numbers. Its weights were drawn anew
# three times before the losses that it prints.
DRAWS = np.random.RandomState(0)
X, T = spiral(draws=DRAWS)
DRAWS.randn(18)
W_LINEAR = 0.01 * DRAWS.randn(2, 3)
AFTER_LINEAR = DRAWS.get_state()

FAR = [[5.0, 5.0]]


class Scores(nn.Module):
    """Three scores, and softmax one operation at a time."""

    def __init__(self, z):
        super().__init__()
        self.z = nn.Parameter(tensor(z))

    def forward(self):
        e = F.exp(self.z)
        S = e.sum()
        p = e / S
        return p


class Linear(nn.Module):
    """A score for each class, as a weighted sum of x1 and x2."""

    def __init__(self, W, b, scale=None):
        super().__init__()
        self.fc = nn.Linear(2, 3)
        start(self.fc, W, b)
        self.scale = scale

    def forward(self, x):
        z = self.fc(x)
        if self.scale is not None:
            z_scaled = z * self.scale
            return z_scaled
        return z


class Net(nn.Module):
    """The same with h hidden units between."""

    def __init__(self, W1, W2):
        super().__init__()
        self.fc1 = nn.Linear(2, len(W1[0]))
        self.fc2 = nn.Linear(len(W2), 3)
        start(self.fc1, W1)
        start(self.fc2, W2)

    def forward(self, x):
        z1 = self.fc1(x)
        h = F.relu(z1)
        z2 = self.fc2(h)
        return z2


def start(layer, W, b=0.0):
    """Set a layer's numbers; W is (in, out), as in the case study."""
    layer.weight.data = np.array(W).T.copy()
    layer.bias.data = layer.bias.data * 0 + b
    layer.weight.initialised_by = layer.bias.initialised_by = ""


def one_example(net, optimizer):
    """Forward and backward for one example of class 1."""
    net.zero_grad()
    p = net()
    picked = p[1]
    log_p = F.log(picked)
    loss = -log_p
    loss.backward()
    return loss


def linear_step(net, optimizer, x, t, reg):
    optimizer.zero_grad()
    z = net(x)
    data_loss = F.cross_entropy(z, t)
    W_squared = net.fc.weight**2
    squares = W_squared.sum()
    penalty = 0.5 * reg * squares
    loss = data_loss + penalty
    loss.backward()
    optimizer.step()
    return loss


def net_step(net, optimizer, x, t, reg):
    optimizer.zero_grad()
    z = net(x)
    data_loss = F.cross_entropy(z, t)
    W1_squared = net.fc1.weight**2
    W2_squared = net.fc2.weight**2
    squares1 = W1_squared.sum()
    squares2 = W2_squared.sum()
    squares = squares1 + squares2
    penalty = 0.5 * reg * squares
    loss = data_loss + penalty
    loss.backward()
    optimizer.step()
    return loss


def only_ask(net, optimizer, x, t, y, far):
    """Nobody learns here: how sure, and how often right?"""
    z = net(x)
    p = F.softmax(z, dim=1)
    top, _ = p.max(dim=1, keepdim=True)
    said = p == top
    right = said * y
    right_row = right.sum(dim=1)
    accuracy = right_row.mean()
    confidence = top.mean()
    loss = F.cross_entropy(z, t)
    z_far = net.fc(far)
    z_far_scaled = z_far * net.scale
    p_far = F.softmax(z_far_scaled, dim=1)
    return loss


def accuracy(net):
    """The share of the points whose class has the largest score."""
    said = net(tensor(X)).argmax(dim=1)
    return (said == tensor(T)).mean()


def points():
    name = "spiral"
    source = "Stanford CS231n, neural networks case study"
    labels = (None, ("x1", "x2"))
    return {
        "x": Table(X, ("point", "in"), labels, name, source),
        "t": Table(T, ("point",), name=name, source=source, dtype=int),
    }


def learn(net, dials, step, names):
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=partial(step, reg=dials["weight_decay"]),
        data=points(),
        names=names,
        measures={"accuracy": accuracy},
    )


def table(dials):
    z = dials["scale"] * np.log([2, 3, 5]) + dials["shift"]
    return Experiment(net=Scores(z), step=one_example)


def linear(dials):
    names = {"fc.weight": "W", "fc.bias": "b"}
    return learn(Linear(W_LINEAR, 0.0), dials, linear_step, names)


def net(dials):
    h = dials["h"]
    draws = np.random.RandomState(0)
    draws.set_state(AFTER_LINEAR)
    made = Net(0.01 * draws.randn(2, h), 0.01 * draws.randn(h, 3))
    names = {
        "fc1.weight": "W1",
        "fc1.bias": "b1",
        "fc2.weight": "W2",
        "fc2.bias": "b2",
    }
    return learn(made, dials, net_step, names)


def fitted():
    """The linear part after 200 updates."""
    W, b, one_hot = W_LINEAR, np.zeros(3), np.eye(3)[T]
    for _ in range(200):
        e = np.exp(X @ W + b)
        dz = (e / e.sum(axis=1, keepdims=True) - one_hot) / len(X)
        W = W - X.T @ dz - 0.001 * W
        b = b - dz.sum(axis=0)
    return W, b


def sure(dials):
    W, b = fitted()
    names = {"fc.weight": "W", "fc.bias": "b"}
    y = Table(np.eye(3)[T], ("point", "out"), name="one-hot")
    far = Table(FAR, ("point", "in"), name="far")
    return Experiment(
        net=Linear(W, b, dials["scale"]),
        step=only_ask,
        data={**points(), "y": y, "far": far},
        targets=("t", "y"),
        names=names,
    )

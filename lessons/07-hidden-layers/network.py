"""Why hidden layers? Four points that no line can divide."""

import operator
from functools import partial

import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, no_grad, optim, rand, tensor

POINTS = [[0, 0], [0, 1], [1, 0], [1, 1]]
XOR = [[0], [1], [1], [0]]

ACTIVATIONS = {
    "identity": partial(operator.mul, 1.0),  # 1·z: nothing happens
    "tanh": F.tanh,
    "relu": F.relu,
    "sigmoid": F.sigmoid,
}


class Neuron(nn.Module):
    """One neuron: it divides the plane by a straight line."""

    def __init__(self, w, b):
        super().__init__()
        self.fc = nn.Linear(2, 1)
        self.fc.weight.data = tensor([w]).data
        self.fc.bias.data = tensor([b]).data

    def forward(self, x):
        z = self.fc(x)
        p = F.sigmoid(z)
        return p


class ByHand(nn.Module):
    """Two hidden units whose weights somebody has thought of."""

    def __init__(self, activation):
        super().__init__()
        self.W = nn.Parameter(tensor([[1.0, 1.0], [1.0, 1.0]]))
        self.c = nn.Parameter(tensor([0.0, -1.0]))
        self.w = nn.Parameter(tensor([[1.0], [-2.0]]))
        self.activation = ACTIVATIONS[activation]

    def hidden(self, x):
        sums = x @ self.W
        z = sums + self.c
        h = self.activation(z)
        return h

    def output(self, h):
        y = h @ self.w
        return y

    def forward(self, x):
        h = self.hidden(x)
        y = self.output(h)
        return y


class Net(nn.Module):
    """Two inputs, h hidden units, one probability."""

    def __init__(self, h, activation):
        super().__init__()
        self.fc1 = nn.Linear(2, h)
        self.fc2 = nn.Linear(h, 1)
        self.activation = ACTIVATIONS[activation]

    def hidden(self, x):
        z1 = self.fc1(x)
        h = self.activation(z1)
        return h

    def output(self, h):
        z2 = self.fc2(h)
        p = F.sigmoid(z2)
        return p

    def forward(self, x):
        h = self.hidden(x)
        p = self.output(h)
        return p


class ManyNets(nn.Module):
    """As many networks side by side; none touches another's numbers."""

    def __init__(self, nets, h, activation):
        super().__init__()
        self.W1 = uniform(nets, 2, h, inputs=2)
        self.b1 = uniform(nets, 1, h, inputs=2)
        self.W2 = uniform(nets, h, 1, inputs=h)
        self.b2 = uniform(nets, 1, 1, inputs=h)
        self.activation = ACTIVATIONS[activation]

    def forward(self, x):
        sums1 = x @ self.W1
        z1 = sums1 + self.b1
        h = self.activation(z1)
        sums2 = h @ self.W2
        z2 = sums2 + self.b2
        p = F.sigmoid(z2)
        return p


def uniform(*shape, inputs):
    """Numbers in ±1/√inputs, as nn.Linear draws them."""
    bound = inputs**-0.5
    parameter = nn.Parameter((2 * rand(*shape) - 1) * bound)
    parameter.axes = ("net", "in", "out")
    parameter.initialised_by = f"uniform ±1/√{inputs}"
    return parameter


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    p = net(x)
    losses = F.binary_cross_entropy(p, t, reduction="none")
    loss = losses.mean()
    loss.backward()
    optimizer.step()
    return loss


def try_by_hand(net, optimizer, x, t):
    """Nobody learns here: the weights are there already."""
    y = net(x)
    e = y - t
    squares = e**2
    loss = squares.mean()
    one_w = net.W @ net.w  # what both layers are without the bend
    return loss


def train_all(net, optimizer, x, t):
    """One training step of every network."""
    optimizer.zero_grad()
    p = net(x)
    with no_grad():
        yes = p > 0.5
        right = yes == t
        share_right = right.mean(dim=(1, 2))
        solved = share_right == 1
        share = solved.mean()
    losses = F.binary_cross_entropy(p, t, reduction="none")
    per_net = losses.mean(dim=(1, 2))
    loss = per_net.sum()
    loss.backward()
    optimizer.step()
    return loss


def accuracy(net):
    """Of the four points, the share that is on the right side."""
    p = net(tensor(POINTS))
    return ((p > 0.5) == tensor(XOR)).mean()


def learn(net, lr, step=train_step):
    source = "xor"
    measures = {} if step is train_all else {"accuracy": accuracy}
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=lr),
        step=step,
        data=table(source),
        names=NAMES if isinstance(net, Net) else {},
        measures=measures,
    )


NAMES = {
    "fc1.weight": "W1",
    "fc1.bias": "b1",
    "fc2.weight": "W2",
    "fc2.bias": "b2",
}


def table(name):
    axes = ("point", "in")
    labels = (("00", "01", "10", "11"), ("x1", "x2"))
    return {
        "x": Table(POINTS, axes, labels, name),
        "t": Table(XOR, ("point", "out"), labels[:1], name),
    }


def neuron(dials):
    net = Neuron([dials["w1"], dials["w2"]], dials["b"])
    made = learn(net, dials["lr"])
    net.fc.weight.name, net.fc.bias.name = "w", "b"
    return made


def by_hand(dials):
    return Experiment(
        net=ByHand(dials["activation"]),
        optimizer=None,
        step=try_by_hand,
        data=table("xor"),
    )


def trained(dials):
    return learn(Net(dials["h"], dials["activation"]), dials["lr"])


def alike(dials):
    """Four units that start out as copies of one another."""
    net = Net(4, "tanh")
    for parameter in (net.fc1.weight, net.fc2.weight):
        parameter.data = parameter.data * 0 + 0.5
        parameter.initialised_by = ""
    net.fc1.weight.data[0, 0] += dials["nudge"]
    for parameter in (net.fc1.bias, net.fc2.bias):
        parameter.data = parameter.data * 0
        parameter.initialised_by = ""
    return learn(net, dials["lr"])


def many(dials):
    net = ManyNets(200, dials["h"], dials["activation"])
    return learn(net, dials["lr"], train_all)

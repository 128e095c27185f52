"""The same in PyTorch."""

import operator
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn, no_grad

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
        self.fc.weight.data = w
        self.fc.bias.data = b

    def forward(self, x):
        z = self.fc(x)
        p = F.sigmoid(z)
        return p


class ByHand(nn.Module):
    """Two hidden units whose weights somebody has thought of."""

    def __init__(self, W, c, w, activation):
        super().__init__()
        self.W = nn.Parameter(W)
        self.c = nn.Parameter(c)
        self.w = nn.Parameter(w)
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

    def __init__(self, W1, b1, W2, b2, activation):
        super().__init__()
        self.fc1 = nn.Linear(*W1.T.shape)
        self.fc2 = nn.Linear(*W2.T.shape)
        self.fc1.weight.data, self.fc1.bias.data = W1, b1
        self.fc2.weight.data, self.fc2.bias.data = W2, b2
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

    def __init__(self, W1, b1, W2, b2, activation):
        super().__init__()
        self.W1 = nn.Parameter(W1)
        self.b1 = nn.Parameter(b1)
        self.W2 = nn.Parameter(W2)
        self.b2 = nn.Parameter(b2)
        self.activation = ACTIVATIONS[activation]

    def forward(self, x):
        sums1 = x @ self.W1
        z1 = sums1 + self.b1
        h = self.activation(z1)
        sums2 = h @ self.W2
        z2 = sums2 + self.b2
        p = F.sigmoid(z2)
        return p


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    p = net(x)
    losses = F.binary_cross_entropy(p, t, reduction="none")
    loss = losses.mean()
    loss.backward()
    optimizer.step()
    return loss


def train_all(net, optimizer, x, t):
    """One training step of every network."""
    optimizer.zero_grad()
    p = net(x)
    with no_grad():
        yes = p > 0.5
        right = yes == t
        share_right = right.double().mean(dim=(1, 2))
        solved = share_right == 1
        share = solved.double().mean()
    t = t.expand(p.shape)
    losses = F.binary_cross_entropy(p, t, reduction="none")
    per_net = losses.mean(dim=(1, 2))
    loss = per_net.sum()
    loss.backward()
    optimizer.step()
    return loss, share


def neuron(dials, start, batches):
    net = Neuron(start["w"], start["b"])
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss = train_step(net, optimizer, **batch)
        yield {
            "loss": loss,
            "w.grad": net.fc.weight.grad,
            "b.grad": net.fc.bias.grad,
            "w'": net.fc.weight,
            "b'": net.fc.bias,
        }


def by_hand(dials, start, batches):
    net = ByHand(**start, activation=dials["activation"])
    with no_grad():
        for batch in batches:
            y = net(batch["x"])
            loss = ((y - batch["t"]) ** 2).mean()
            yield {"y": y, "loss": loss, "one_w": net.W @ net.w}


def trained(dials, start, batches):
    net = Net(**start, activation=dials.get("activation", "tanh"))
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss = train_step(net, optimizer, **batch)
        yield {
            "loss": loss,
            "W1.grad": net.fc1.weight.grad,
            "b1.grad": net.fc1.bias.grad,
            "W2.grad": net.fc2.weight.grad,
            "b2.grad": net.fc2.bias.grad,
            "W1'": net.fc1.weight,
            "b2'": net.fc2.bias,
        }


alike = trained


def many(dials, start, batches):
    net = ManyNets(**start, activation=dials["activation"])
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss, share = train_all(net, optimizer, **batch)
        yield {
            "loss": loss,
            "share": share,
            "W1.grad": net.W1.grad,
            "b2.grad": net.b2.grad,
            "W1'": net.W1,
            "b2'": net.b2,
        }

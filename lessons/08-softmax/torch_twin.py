"""The same in PyTorch."""

from functools import partial

import torch
import torch.nn.functional as F
from torch import nn, no_grad


class Scores(nn.Module):
    """Three scores, and softmax one operation at a time."""

    def __init__(self, z):
        super().__init__()
        self.z = nn.Parameter(z)

    def forward(self):
        e = torch.exp(self.z)
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

    def __init__(self, W1, b1, W2, b2):
        super().__init__()
        self.fc1 = nn.Linear(*W1.T.shape)
        self.fc2 = nn.Linear(*W2.T.shape)
        start(self.fc1, W1, b1)
        start(self.fc2, W2, b2)

    def forward(self, x):
        z1 = self.fc1(x)
        h = F.relu(z1)
        z2 = self.fc2(h)
        return z2


def start(layer, W, b):
    """Set a layer's numbers."""
    layer.weight.data, layer.bias.data = W, b


def one_example(net):
    """Forward and backward for one example of class 1."""
    net.zero_grad()
    p = net()
    picked = p[1]
    log_p = torch.log(picked)
    loss = -log_p
    loss.backward()
    return p, loss


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


def only_ask(net, x, t, y, far):
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
    return {
        "p": p,
        "accuracy": accuracy,
        "confidence": confidence,
        "loss": loss,
        "p_far": p_far,
    }


def table(dials, start, batches):
    net = Scores(start["z"])
    for _ in batches:
        p, loss = one_example(net)
        yield {"p": p, "loss": loss, "z.grad": net.z.grad}


def learn(net, step, dials, batches):
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    step = partial(step, reg=dials["weight_decay"])
    for batch in batches:
        loss = step(net, optimizer, **batch)
        yield {"loss": loss, **told(net)}


def told(net):
    """The numbers that are compared."""
    if isinstance(net, Linear):
        weight, bias = net.fc.weight, net.fc.bias
        return {
            "W.grad": weight.grad,
            "b.grad": bias.grad,
            "W'": weight,
            "b'": bias,
        }
    return {
        "W1.grad": net.fc1.weight.grad,
        "b1.grad": net.fc1.bias.grad,
        "W2.grad": net.fc2.weight.grad,
        "b2.grad": net.fc2.bias.grad,
        "W1'": net.fc1.weight,
        "b2'": net.fc2.bias,
    }


def linear(dials, start, batches):
    net = Linear(start["W"], start["b"])
    yield from learn(net, linear_step, dials, batches)


def net(dials, start, batches):
    yield from learn(Net(**start), net_step, dials, batches)


def sure(dials, start, batches):
    net = Linear(start["W"], start["b"], dials["scale"])
    with no_grad():
        for batch in batches:
            yield only_ask(net, **batch)

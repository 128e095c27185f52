"""The same five programs in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn


class Product(nn.Module):
    """Three numbers, two operations: f = (x + y) z."""

    def __init__(self, x, y, z):
        super().__init__()
        self.x = nn.Parameter(x)
        self.y = nn.Parameter(y)
        self.z = nn.Parameter(z)

    def forward(self):
        q = self.x + self.y
        f = q * self.z
        return f


class Fork(nn.Module):
    """One number, used twice."""

    def __init__(self, a):
        super().__init__()
        self.a = nn.Parameter(a)

    def forward(self):
        c = self.a + self.a
        return c


class Micrograd(nn.Module):
    """The expression as micrograd's README writes it."""

    def __init__(self, a, b):
        super().__init__()
        self.a = nn.Parameter(a)
        self.b = nn.Parameter(b)

    def forward(self):
        a, b = self.a, self.b
        c = a + b
        d = a * b + b**3
        c = c + c + 1
        c = c + 1 + c + (-a)
        d = d + d * 2 + (b + a).relu()
        d = d + 3 * d + (b - a).relu()
        e = c - d
        f = e**2
        g = f / 2.0
        g = g + 10.0 / f
        return g


def differentiate(net):
    """Forward and backward. Nobody learns here: nothing is updated."""
    net.zero_grad()
    result = net()
    result.backward()
    return result


class Net(nn.Module):
    """Two inputs, two hidden units, two outputs."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 2)
        self.fc2 = nn.Linear(2, 2)

    def hidden(self, x):
        z1 = self.fc1(x)
        h = F.sigmoid(z1)
        return h

    def output(self, h):
        z2 = self.fc2(h)
        y = F.sigmoid(z2)
        return y


def squared_error(y, t):
    """Half the square of each error, summed."""
    e = y - t
    squares = e**2
    halves = squares / 2
    loss = halves.sum()
    return loss


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    h = net.hidden(x)
    y = net.output(h)
    loss = squared_error(y, t)
    loss.backward()
    optimizer.step()
    return loss


def by_hand(net, optimizer, x, t, use):
    """W2 moves first; then W1's gradient, by hand, through one W2."""
    optimizer.zero_grad()
    h = net.hidden(x)
    y = net.output(h.detach())  # cut here: backward reaches only W2
    loss = squared_error(y, t)
    loss.backward()
    old_W2 = net.fc2.weight.detach().clone()  # step() writes in place
    optimizer.step()  # W1 has no gradient yet: only W2 moves
    with torch.no_grad():
        W2 = net.fc2.weight if use == "new" else old_W2
        error = y - t
        y_rest = 1 - y
        y_slope = y * y_rest
        delta2 = error * y_slope
        blame = delta2 @ W2  # the error was made by the old W2
        h_rest = 1 - h
        h_slope = h * h_rest
        delta1 = blame * h_slope
        columns = delta1.T
        W1_grad = columns @ x
    optimizer.zero_grad()
    net.fc1.weight.grad = W1_grad
    optimizer.step()  # and now W1
    return loss


def product(dials, start, batches):
    net = Product(start["x"], start["y"], start["z"])
    for _ in batches:
        f = differentiate(net)
        yield {
            "f": f,
            "x.grad": net.x.grad,
            "y.grad": net.y.grad,
            "z.grad": net.z.grad,
        }


def fork(dials, start, batches):
    net = Fork(start["a"])
    for _ in batches:
        c = differentiate(net)
        yield {"c": c, "a.grad": net.a.grad}


def micrograd(dials, start, batches):
    net = Micrograd(start["a"], start["b"])
    for _ in batches:
        g = differentiate(net)
        yield {"g": g, "a.grad": net.a.grad, "b.grad": net.b.grad}


def mazur(dials, start, batches):
    net, optimizer = example(dials["lr"], start)
    for batch in batches:
        loss = train_step(net, optimizer, **batch)
        yield {
            "loss": loss,
            "W1.grad": net.fc1.weight.grad,
            "W2.grad": net.fc2.weight.grad,
            "W1'": net.fc1.weight,
            "W2'": net.fc2.weight,
        }


def order(dials, start, batches):
    net, optimizer = example(dials["lr"], start)
    for batch in batches:
        loss = by_hand(net, optimizer, **batch, use=dials["use"])
        yield {
            "loss": loss,
            "W1_grad": net.fc1.weight.grad,
            "W1'": net.fc1.weight,
            "W2'": net.fc2.weight,
        }


def example(lr, start):
    net = Net().double()
    net.load_state_dict(
        {
            "fc1.weight": start["W1"],
            "fc1.bias": start["b1"],
            "fc2.weight": start["W2"],
            "fc2.bias": start["b2"],
        }
    )
    net.fc1.bias.requires_grad_(False)
    net.fc2.bias.requires_grad_(False)
    weights = [net.fc1.weight, net.fc2.weight]
    return net, torch.optim.SGD(weights, lr=lr)

"""How does blame travel backwards? Five small programs."""

from functools import partial

import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, no_grad, optim, tensor


class Product(nn.Module):
    """Three numbers, two operations: f = (x + y) z."""

    def __init__(self, x, y, z):
        super().__init__()
        self.x = nn.Parameter(tensor(x))
        self.y = nn.Parameter(tensor(y))
        self.z = nn.Parameter(tensor(z))

    def forward(self):
        q = self.x + self.y
        f = q * self.z
        return f


class Fork(nn.Module):
    """One number, used twice."""

    def __init__(self, a):
        super().__init__()
        self.a = nn.Parameter(tensor(a))

    def forward(self):
        c = self.a + self.a
        return c


class Micrograd(nn.Module):
    """The expression of micrograd's README, one operation a line."""

    def __init__(self, a, b):
        super().__init__()
        self.a = nn.Parameter(tensor(a))
        self.b = nn.Parameter(tensor(b))

    def forward(self):
        a, b = self.a, self.b
        c1 = a + b  # c = a + b
        ab = a * b
        b3 = b**3
        d1 = ab + b3  # d = a*b + b**3
        c_plus = c1 + 1
        c2 = c1 + c_plus  # c += c + 1
        minus_a = -a
        c_up = 1 + c2
        c_less = c_up + minus_a
        c = c2 + c_less  # c += 1 + c + (-a)
        sum_ba = b + a
        r1 = F.relu(sum_ba)
        d_twice = d1 * 2
        d_more = d_twice + r1
        d2 = d1 + d_more  # d += d*2 + (b + a).relu()
        diff_ba = b - a
        r2 = F.relu(diff_ba)
        d_thrice = 3 * d2
        d_most = d_thrice + r2
        d = d2 + d_most  # d += 3*d + (b - a).relu()
        e = c - d
        f = e**2
        half = f / 2
        inverse = 10 / f
        g = half + inverse  # g = f/2 + 10/f
        return g


def differentiate(net, optimizer):
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
    old_W2 = net.fc2.weight.detach()
    optimizer.step()  # W1 has no gradient yet: only W2 moves
    with no_grad():
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


def product(dials):
    net = Product(dials["x"], dials["y"], dials["z"])
    return Experiment(
        net=net, optimizer=None, step=differentiate, data={}
    )


def fork(dials):
    net = Fork(dials["a"])
    return Experiment(
        net=net, optimizer=None, step=differentiate, data={}
    )


def micrograd(dials):
    net = Micrograd(dials["a"], dials["b"])
    return Experiment(
        net=net, optimizer=None, step=differentiate, data={}
    )


def mazur(dials):
    return example(dials["lr"], train_step)


def order(dials):
    return example(dials["lr"], partial(by_hand, use=dials["use"]))


def example(lr, step):
    """The numbers of Matt Mazur's example: w1 … w8, biases fixed."""
    net = Net()
    net.load_state_dict(
        {
            "fc1.weight": [[0.15, 0.20], [0.25, 0.30]],
            "fc1.bias": [0.35, 0.35],
            "fc2.weight": [[0.40, 0.45], [0.50, 0.55]],
            "fc2.bias": [0.60, 0.60],
        }
    )
    net.fc1.bias.requires_grad_(False)
    net.fc2.bias.requires_grad_(False)
    net.fc1.weight.axes = ("hidden", "input")
    net.fc1.bias.axes = ("hidden",)
    net.fc2.weight.axes = ("output", "hidden")
    net.fc2.bias.axes = ("output",)
    name = "mazur"
    return Experiment(
        net=net,
        optimizer=optim.SGD([net.fc1.weight, net.fc2.weight], lr=lr),
        step=step,
        data={
            "x": Table(
                [[0.05, 0.10]], axes=("example", "input"), name=name
            ),
            "t": Table(
                [[0.01, 0.99]], axes=("example", "output"), name=name
            ),
        },
        names={
            "fc1.weight": "W1",
            "fc1.bias": "b1",
            "fc2.weight": "W2",
            "fc2.bias": "b2",
        },
    )

"""What does one neuron compute, and what moves it?"""

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, no_grad, optim, tensor

FIVE = ("w1", "w2", "x1", "x2", "b")
CS231N = "cs231n"


class Neuron(nn.Module):
    """Weigh each input, add up, add b, bend: one neuron."""

    def __init__(self, w, b):
        super().__init__()
        self.w = nn.Parameter(tensor(w))
        self.b = nn.Parameter(tensor(b))

    def forward(self, x):
        products = self.w * x
        total = products.sum()
        z = total + self.b
        a = F.sigmoid(z)
        return a


def train_step(net, optimizer, x):
    optimizer.zero_grad()
    x = x.detach().requires_grad_()  # ask about the inputs as well
    a = net(x)
    a.backward()
    optimizer.step()  # a should be 0: make it smaller
    return a


def check_gradients(net, optimizer, x, up_w, up_x, up_b, h):
    """Five slopes, measured with nudges; then five gradients."""
    net.zero_grad()
    x = x.detach().requires_grad_()
    a = net(x)
    with no_grad():  # five neurons: in each, one number is nudged
        W = net.w + up_w
        X = x + up_x
        B = net.b + up_b
        weighed = W * X
        totals = weighed.sum(dim=1, keepdim=True)
        Z = totals + B
        A = F.sigmoid(Z)
        rises = A - a  # how far each nudge moved the answer
        slopes = rises / h
    a.backward()
    return a


def neuron(dials):
    return one_neuron(*five_numbers(dials), dials["lr"])


def scale(dials):
    """Weights and bias times `scale`; the inputs stay."""
    w = dials["scale"] * np.array([2.0, -3.0])
    b = dials["scale"] * -3.0
    return one_neuron(w, b, [-1.0, -2.0], dials["lr"])


def one_neuron(w, b, x, lr):
    net = Neuron(w, b)
    net.w.axes, net.w.labels = ("input",), (("1", "2"),)
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=lr),
        step=train_step,
        data={"x": Table(x, ("input",), (("1", "2"),), CS231N)},
    )


def measure(dials):
    w, b, x = five_numbers(dials)
    h = dials["h"]
    nudges = h * np.eye(5)  # row k nudges the k-th of the five

    def step(net, optimizer, **batch):
        return check_gradients(net, optimizer, **batch, h=h)

    def table(columns, axis):
        axes = ("nudged", axis)
        return Table(nudges[:, columns], axes, (FIVE, None), "nudges")

    return Experiment(
        net=Neuron(w, b),
        step=step,
        data={
            "x": Table(x, ("input",), name=CS231N),
            "up_w": table([0, 1], "input"),
            "up_x": table([2, 3], "input"),
            "up_b": table([4], ""),
        },
    )


def five_numbers(dials):
    w = [dials["w1"], dials["w2"]]
    x = [dials["x1"], dials["x2"]]
    return w, dials["b"], x

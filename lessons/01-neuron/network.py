"""What does one neuron compute, and what moves it?"""

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, no_grad, optim, tensor

FIVE = ("w1", "w2", "x1", "x2", "b")
CS231N = "CS231n's neuron"


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
        totals = weighed.sum(dim=1)
        Z = totals + B
        A = F.sigmoid(Z)
        rises = A - a  # how far each nudge moved the answer
        slopes = rises / h
    a.backward()
    return a


def neuron(dials):
    w, x, b = five_numbers(dials)
    return one_neuron(w, x, b, dials["lr"])


def scale(dials):
    """Weights and bias times `scale`; the inputs stay."""
    w = dials["scale"] * np.array([2.0, -3.0])
    b = dials["scale"] * -3.0
    return one_neuron(w, [-1.0, -2.0], b, dials["lr"])


def measure(dials):
    w, x, b = five_numbers(dials)
    h = dials["h"]
    nudges = h * np.eye(5)  # row k nudges the k-th of the five

    def step(net, optimizer, **batch):
        return check_gradients(net, optimizer, **batch, h=h)

    names = (FIVE, ("1", "2"))
    return Experiment(
        net=the_neuron(w, b),
        step=step,
        data={
            "x": inputs(x),
            "up_w": Table(
                nudges[:, 0:2], ("nudged", "input"), names, "the nudges"
            ),
            "up_x": Table(
                nudges[:, 2:4], ("nudged", "input"), names, "the nudges"
            ),
            "up_b": Table(
                nudges[:, 4], ("nudged",), (FIVE,), "the nudges"
            ),
        },
    )


def five_numbers(dials):
    w = [dials["w1"], dials["w2"]]
    x = [dials["x1"], dials["x2"]]
    return w, x, dials["b"]


def one_neuron(w, x, b, lr):
    net = the_neuron(w, b)
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=lr),
        step=train_step,
        data={"x": inputs(x)},
    )


def the_neuron(w, b):
    net = Neuron(w, b)
    net.w.axes, net.w.labels = ("input",), (("1", "2"),)
    return net


def inputs(x):
    return Table(x, ("input",), (("1", "2"),), name=CS231N)

"""How do we predict yes or no? A curve and its loss."""

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, no_grad, optim, tensor

# fmt: off
HOURS = [0.50, 0.75, 1.00, 1.25, 1.50, 1.75, 1.75, 2.00, 2.25, 2.50,
         2.75, 3.00, 3.25, 3.50, 4.00, 4.25, 4.50, 4.75, 5.00, 5.50]
PASSED = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0,
          1, 0, 1, 0, 1, 1, 1, 1, 1, 1]
# fmt: on


class Curve(nn.Module):
    """The probability of yes: a sigmoid on w x + b."""

    def __init__(self, w, b):
        super().__init__()
        self.w = nn.Parameter(tensor(w))
        self.b = nn.Parameter(tensor(b))

    def forward(self, x):
        wx = self.w * x
        z = wx + self.b
        p = F.sigmoid(z)
        return p


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    p = net(x)
    # −log of the probability that was given to what happened
    losses = F.binary_cross_entropy(p, t, reduction="none")
    loss = losses.sum()
    loss.backward()
    optimizer.step()
    return loss


def maximum_likelihood(x, t):
    """Newton's method: w and b that make these results most likely."""
    X = np.column_stack([x, np.ones(len(x))])
    w_b = np.zeros(2)
    for _ in range(8):
        p = 1 / (1 + np.exp(-X @ w_b))
        slope = X.T @ (p - t)
        bend = X.T @ (X * (p * (1 - p))[:, None])
        w_b = w_b - np.linalg.solve(bend, slope)
    return w_b


def ask(net, optimizer, x):
    """Use the curve; nobody learns here."""
    p = net(x)
    fail = 1 - p
    odds = p / fail
    log_odds = F.log(odds)
    minus_b = -net.b
    boundary = minus_b / net.w  # where z is 0 and p is a half
    return boundary


def counting_step(net, optimizer, x, t):
    """A training step that also counts the right answers."""
    optimizer.zero_grad()
    p = net(x)
    with no_grad():
        yes = p > 0.5
        right = yes == t
        accuracy = right.mean()
    losses = F.binary_cross_entropy(p, t, reduction="none")
    loss = losses.sum()
    loss.backward()
    optimizer.step()
    return loss


def squares_step(net, optimizer, x, t):
    """The same curve with lesson 2's loss."""
    optimizer.zero_grad()
    p = net(x)
    e = p - t
    squares = e**2
    loss = squares.sum()
    loss.backward()
    optimizer.step()
    return loss


def learn(net, step, lr, t, weight_decay=0.0):
    sgd = optim.SGD(net.parameters(), lr=lr, weight_decay=weight_decay)
    name = "students"
    source = "Wikipedia, Logistic regression"
    return Experiment(
        net=net,
        optimizer=sgd,
        step=step,
        data={
            "x": Table(
                HOURS, axes=("student",), name=name, source=source
            ),
            "t": Table(t, axes=("student",), name=name, source=source),
        },
    )


def students(dials):
    net = Curve(dials["w"], dials["b"])
    return learn(net, train_step, dials["lr"], PASSED)


def answer(dials):
    """Five new students and the best curve for the twenty."""
    w, b = maximum_likelihood(np.array(HOURS), np.array(PASSED))
    hours = [1, 2, 3, 4, 5]
    return Experiment(
        net=Curve(w, b),
        optimizer=None,
        step=ask,
        data={"x": Table(hours, ("student",), name="new-students")},
    )


def separable(dials):
    """Who studied longer than 2.7 hours passed, nobody else did."""
    clean = [1 if hours > 2.7 else 0 for hours in HOURS]
    t = PASSED if dials["overlap"] == "yes" else clean
    net, decay = Curve(0.0, 0.0), dials["weight_decay"]
    return learn(net, counting_step, dials["lr"], t, decay)


def squares(dials):
    net = Curve(dials["w"], dials["b"])
    return learn(net, squares_step, dials["lr"], PASSED)

"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn, no_grad


class Curve(nn.Module):
    """The probability of yes: a sigmoid on w x + b."""

    def __init__(self, w, b):
        super().__init__()
        self.w = nn.Parameter(w)
        self.b = nn.Parameter(b)

    def forward(self, x):
        wx = self.w * x
        z = wx + self.b
        p = torch.sigmoid(z)
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


def ask(net, x):
    """Use the curve; nobody learns here."""
    p = net(x)
    fail = 1 - p
    odds = p / fail
    log_odds = torch.log(odds)
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
        accuracy = right.double().mean()
    losses = F.binary_cross_entropy(p, t, reduction="none")
    loss = losses.sum()
    loss.backward()
    optimizer.step()
    return loss, accuracy


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


def students(dials, start, batches):
    yield from learn(train_step, dials, start, batches)


def squares(dials, start, batches):
    yield from learn(squares_step, dials, start, batches)


def learn(step, dials, start, batches):
    net = Curve(start["w"], start["b"])
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss = step(net, optimizer, **batch)
        yield {"loss": loss, **told(net)}


def told(net):
    return {
        "w.grad": net.w.grad,
        "b.grad": net.b.grad,
        "w'": net.w,
        "b'": net.b,
    }


def answer(dials, start, batches):
    net = Curve(start["w"], start["b"])
    with no_grad():
        for batch in batches:
            yield {"p": net(batch["x"]), "boundary": ask(net, **batch)}


def separable(dials, start, batches):
    net = Curve(start["w"], start["b"])
    optimizer = torch.optim.SGD(
        net.parameters(),
        lr=dials["lr"],
        weight_decay=dials["weight_decay"],
    )
    for batch in batches:
        loss, accuracy = counting_step(net, optimizer, **batch)
        yield {"loss": loss, "accuracy": accuracy, **told(net)}

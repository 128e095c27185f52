"""The same in PyTorch."""

import torch
from torch import nn


class Line(nn.Module):
    """y = w x + b: one weight, one bias."""

    def __init__(self, w, b):
        super().__init__()
        self.w = nn.Parameter(w)
        self.b = nn.Parameter(b)

    def forward(self, x):
        wx = self.w * x
        y = wx + self.b
        return y


def mean_squared_error(y, t):
    r = y - t  # the residuals: what is left over
    squares = r**2
    loss = squares.mean()
    return loss


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    loss = mean_squared_error(y, t)
    loss.backward()
    optimizer.step()
    return loss


class Regression(nn.Module):
    """y = w1 x1 + … + w10 x10 + b: one linear layer."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(10, 1)

    def forward(self, x):
        y = self.fc(x)
        return y


def line(dials, start, batches):
    net = Line(start["w"], start["b"])
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss = train_step(net, optimizer, **batch)
        yield {
            "loss": loss,
            "w.grad": net.w.grad,
            "b.grad": net.b.grad,
            "w'": net.w,
            "b'": net.b,
        }


def closed_form(dials, start, batches):
    """What torch.linalg.lstsq finds, with a column of ones for b."""
    for batch in batches:
        x, t = batch["x"], batch["t"]
        X = torch.stack([x, torch.ones_like(x)], dim=1)
        w, b = torch.linalg.lstsq(X, t[:, None]).solution[:, 0]
        yield {"w": w, "b": b, "y": w * x + b}


def table(dials, start, batches):
    net = Regression().double()
    net.fc.load_state_dict({"weight": start["W"], "bias": start["b"]})
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss = train_step(net, optimizer, **batch)
        yield {
            "loss": loss,
            "W.grad": net.fc.weight.grad,
            "b.grad": net.fc.bias.grad,
            "W'": net.fc.weight,
            "b'": net.fc.bias,
        }

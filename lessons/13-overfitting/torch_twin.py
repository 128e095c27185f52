"""The same in PyTorch, which drops other units: chance differs."""

import torch
import torch.nn.functional as F
from torch import nn


class Polynomial(nn.Module):
    """A sum of shapes: a constant, a slope, one bend, two bends …"""

    def __init__(self, w):
        super().__init__()
        self.w = nn.Parameter(w)

    def forward(self, c):
        y = c @ self.w
        return y


def train_step(net, optimizer, c, t):
    optimizer.zero_grad()
    y = net(c)
    loss = F.mse_loss(y, t)
    loss.backward()
    optimizer.step()
    return loss


class Wide(nn.Module):
    """A weighted sum of 200 features."""

    def __init__(self, w, b):
        super().__init__()
        self.w = nn.Parameter(w)
        self.b = nn.Parameter(b)

    def forward(self, x):
        wx = x @ self.w
        y = wx + self.b
        return y


def wide_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    mse = F.mse_loss(y, t)
    loss = mse / 2
    loss.backward()
    optimizer.step()
    return loss


class Eight(nn.Module):
    """Eight ones in each row, and dropout."""

    def __init__(self, h, p):
        super().__init__()
        self.h = nn.Parameter(h)
        self.drop = nn.Dropout(p)

    def forward(self):
        kept = self.drop(self.h)
        return kept


def drop_and_use(net):
    net.train()
    kept = net()
    means = kept.mean(dim=1)  # one for each row
    average = means.mean()
    average.backward()
    net.eval()
    used = net().mean(dim=1)
    return used


def sine(dials, start, batches):
    net = Polynomial(start["w"])
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for batch in batches:
        loss = train_step(net, optimizer, **batch)
        yield {"loss": loss, "w.grad": net.w.grad, "w'": net.w}


def wide(dials, start, batches):
    net = Wide(start["w"], start["b"])
    decay = dials["weight_decay"]
    optimizer = torch.optim.SGD(
        net.parameters(), lr=0.003, weight_decay=decay
    )
    for batch in batches:
        loss = wide_step(net, optimizer, **batch)
        yield {
            "loss": loss,
            "w.grad": net.w.grad,
            "b.grad": net.b.grad,
            "w'": net.w,
            "b'": net.b,
        }


def dropout(dials, start, batches):
    for _ in batches:
        net = Eight(start["h"], dials["p"])
        yield {"used": drop_and_use(net)}

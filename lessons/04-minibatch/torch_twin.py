"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn


class Plane(nn.Module):
    """y = w1 x1 + w2 x2."""

    def __init__(self, w):
        super().__init__()
        self.w = nn.Parameter(w)

    def forward(self, x):
        y = x @ self.w
        return y


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    loss = F.mse_loss(y, t)
    loss.backward()
    optimizer.step()
    return loss


def batches(dials, start, batches):
    net = Plane(start["w"])
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    per_epoch = -(-256 // int(dials["batch"]))
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: dials["decay"] ** (step / per_epoch)
    )
    for batch in batches:
        loss = train_step(net, optimizer, **batch)
        scheduler.step()
        yield {"loss": loss, "w.grad": net.w.grad, "w'": net.w}


class Averages(nn.Module):
    """Each row's own gradient, and means of some of them."""

    def __init__(self, w):
        super().__init__()
        self.w = nn.Parameter(w)

    def forward(self, x, t, rows):
        y = x @ self.w
        error = y - t
        column = error.unsqueeze(1)
        each = x * column
        grads = each * 2
        picked = grads[rows]
        means = picked.mean(1)
        return means


def spread_of(net, x, t, rows):
    means = net(x, t, rows)
    first = means[:, 0]
    middle = first.mean()
    off = first - middle
    off2 = off**2
    variance = off2.mean()
    spread = torch.sqrt(variance)
    return means, spread


def spread(dials, start, batches):
    net = Averages(start["w"])
    for batch in batches:
        means, spread = spread_of(net, **batch)
        yield {"means": means, "spread": spread}


class TwoValleys(nn.Module):
    """f = (x² − 1)² / 4 + 0.2 x, once for each walker."""

    def __init__(self, x):
        super().__init__()
        self.x = nn.Parameter(x)

    def forward(self):
        square = self.x**2
        off = square - 1
        off2 = off**2
        valleys = off2 / 4
        lean = self.x * 0.2
        f = valleys + lean
        return f


def noisy_step(net, optimizer, z, noise):
    optimizer.zero_grad()
    f = net()
    height = f.mean()
    total = f.sum()
    total.backward()  # every walker has a slope of its own
    with torch.no_grad():
        drawn = z[0]  # one random number for each walker
        push = drawn * noise
        slope = net.x.grad + push
        net.x.grad = slope
    optimizer.step()
    return height


def walkers(dials, start, batches):
    net = TwoValleys(start["x"])
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        height = noisy_step(
            net, optimizer, **batch, noise=dials["noise"]
        )
        yield {"height": height, "slope": net.x.grad, "x'": net.x}

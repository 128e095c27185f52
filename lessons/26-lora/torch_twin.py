"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn


class Adapted(nn.Module):
    """A frozen layer W, and B A beside it."""

    def __init__(self, W, A, B, alpha):
        super().__init__()
        self.W = nn.Parameter(W, requires_grad=False)
        self.A = nn.Parameter(A)
        self.B = nn.Parameter(B)
        self.scale = alpha / len(A)

    def forward(self, x):
        Wx = F.linear(x, self.W)
        Ax = F.linear(x, self.A)
        BAx = F.linear(Ax, self.B)
        added = self.scale * BAx
        y = Wx + added
        return y


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    e = y - t
    squares = e**2
    loss = squares.sum()
    loss.backward()
    optimizer.step()
    return loss, y


class Merged(Adapted):
    """The same adapter, beside W and inside it."""

    def forward(self, x):
        Wx = F.linear(x, self.W)
        Ax = F.linear(x, self.A)
        BAx = F.linear(Ax, self.B)
        added = self.scale * BAx
        apart = Wx + added
        BA = self.B @ self.A
        change = self.scale * BA
        merged = self.W + change
        y = F.linear(x, merged)
        gap = apart - y
        gaps = gap.abs()
        largest = gaps.max()
        return apart, merged, y


class Count(nn.Module):
    """What is trained, and what that takes."""

    def forward(self, r, rows, columns, copies):
        full = rows * columns
        pairs = rows + columns
        small = r * pairs
        fewer = full / small
        all_full = copies * full
        all_small = copies * small
        frozen = all_full.sum()
        trained = all_small.sum()
        bytes_full = 12 * frozen  # a gradient and Adam's two, 4 each
        bytes_lora = 12 * trained
        return fewer, frozen, trained, bytes_full, bytes_lora


def adapter(dials, start, batches):
    net = Adapted(start["W"], start["A"], start["B"], dials["alpha"])
    optimizer = torch.optim.SGD([net.A, net.B], lr=dials["lr"])
    for batch in batches:
        loss, y = train_step(net, optimizer, **batch)
        yield {
            "loss": loss,
            "y": y,
            "A.grad": net.A.grad,
            "B.grad": net.B.grad,
            "A'": net.A,
            "B'": net.B,
        }


def merge(dials, start, batches):
    net = Merged(start["W"], start["A"], start["B"], 2)
    for batch in batches:
        apart, merged, y = net(**batch)
        yield {"apart": apart, "merged": merged, "y": y}


def counters(dials, start, batches):
    net = Count()
    for batch in batches:
        fewer, frozen, trained, bytes_full, bytes_lora = net(**batch)
        yield {
            "fewer": fewer,
            "frozen": frozen,
            "trained": trained,
            "bytes_full": bytes_full,
            "bytes_lora": bytes_lora,
        }

"""The same in PyTorch; attention in one call."""

import math

import torch
import torch.nn.functional as F
from torch import nn

SENTENCE = ["Your", "journey", "starts", "with", "one", "step"]


class Attention(nn.Module):
    """Every word looks at every word that its mask lets it see."""

    def __init__(self, start):
        super().__init__()
        self.Wq = nn.Parameter(start["Wq"])
        self.Wk = nn.Parameter(start["Wk"])
        self.Wv = nn.Parameter(start["Wv"])

    def forward(self, x, mask):
        Q = x @ self.Wq
        K = x @ self.Wk
        V = x @ self.Wv
        # S, scaled, seen, A and Y in one: -> K_T, S, scaled, seen, A, Y
        Y = F.scaled_dot_product_attention(Q, K, V, mask.bool())
        return Q, K, V, Y


def train_step(net, optimizer, x, mask, t):
    optimizer.zero_grad()
    *parts, Y = net(x, mask)
    e = Y - t
    squares = e**2
    loss = squares.mean()
    loss.backward()
    optimizer.step()
    return *parts, Y, loss


def late_step(scores, mask, place):
    if place == "before softmax":
        seen = torch.where(mask.bool(), scores, -math.inf)
        A = F.softmax(seen, dim=-1)
    else:
        shares = F.softmax(scores, dim=-1)
        A = shares * mask
    sums = A.sum(dim=-1)
    total = sums.sum()
    return A, sums, total


def wide_step(q, k, divisor):
    k_T = k.T
    S = q @ k_T
    S2 = S**2
    mean_S2 = S2.mean()
    spread = mean_S2.sqrt()
    scaled = S / divisor
    A = F.softmax(scaled, dim=-1)
    top, _ = A.max(dim=-1)
    mean_top = top.mean()
    rest = 1 - A
    slopes = A * rest
    mean_slope = slopes.mean()
    return A, mean_top, mean_slope, spread


def without_step(scaled, V, others, query):
    row = scaled[query]
    A = F.softmax(row, dim=-1)
    Y = A @ V
    left = torch.where(others.bool(), row, -math.inf)
    A_left = F.softmax(left, dim=-1)
    Y_left = A_left @ V
    moved = Y_left - Y
    squares = moved**2
    lengths2 = squares.sum(dim=-1)
    change = lengths2.sqrt()
    largest = change.max()
    return A, A_left, change, largest


def look(dials, start, batches):
    net = Attention(start)
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        Q, K, V, Y, loss = train_step(net, optimizer, **batch)
        found = {"Q": Q, "K": K, "V": V, "Y": Y, "loss": loss}
        for name, parameter in net.named_parameters():
            found[f"{name}.grad"] = parameter.grad
            found[f"{name}'"] = parameter
        yield found


def late(dials, start, batches):
    for batch in batches:
        A, sums, total = late_step(**batch, place=dials["place"])
        yield {"A": A, "sums": sums, "total": total}


def wide(dials, start, batches):
    d = int(dials["d"])
    divisor = math.sqrt(d) if dials["divide"] == "√d" else 1
    for _ in batches:
        numbers = wide_step(start["q"], start["k"], divisor)
        names = ("A", "mean_top", "mean_slope", "spread")
        yield dict(zip(names, numbers, strict=True))


def without(dials, start, batches):
    query = SENTENCE.index(dials["query"])
    for batch in batches:
        numbers = without_step(**batch, query=query)
        names = ("A", "A_left", "change", "largest")
        yield dict(zip(names, numbers, strict=True))

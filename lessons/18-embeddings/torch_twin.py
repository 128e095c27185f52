"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn, optim


class Counts(nn.Module):
    """Nothing is learnt here: probabilities are shares."""

    def __init__(self, smooth):
        super().__init__()
        self.smooth = smooth

    def forward(self, N):
        counts = N + self.smooth
        rows = counts.sum(dim=1, keepdim=True)
        P = counts / rows
        return P


def how_good(net, N):
    """The mean of -log p over every letter of every name."""
    P = net(N)
    log_p = torch.log(P)
    weighted = N * log_p
    total = weighted.sum()
    pairs = N.sum()
    mean = total / pairs
    loss = -mean
    perplexity = torch.exp(loss)
    return {"P": P, "loss": loss, "perplexity": perplexity}


class Bigram(nn.Module):
    """A row of scores for each letter: what comes next?"""

    def __init__(self, W):
        super().__init__()
        self.W = nn.Parameter(W)

    def forward(self, x):
        z = F.embedding(x, self.W)
        return z


def bigram_step(net, optimizer, x, share):
    optimizer.zero_grad()
    z = net(x)
    log_p = F.log_softmax(z, dim=1)
    weighted = share * log_p
    total = weighted.sum()
    loss = -total
    perplexity = torch.exp(loss)
    loss.backward()
    optimizer.step()
    return loss, perplexity


class Lookup(nn.Module):
    """27 letters, two numbers each; read in two ways."""

    def __init__(self, E):
        super().__init__()
        self.emb = nn.Embedding(27, 2)
        self.emb.weight.data = E


def two_ways(net, x, X):
    """Look the rows up, or multiply: the same numbers."""
    net.zero_grad()
    looked_up = net.emb(x)
    product = X @ net.emb.weight
    squares = looked_up**2
    squares2 = product**2
    half = squares.sum()
    half2 = squares2.sum()
    loss = half + half2
    loss.backward()
    return looked_up, product, loss


class Net(nn.Module):
    """Three letters, two numbers each, eight hidden units."""

    def __init__(self, start):
        super().__init__()
        self.emb = nn.Embedding(27, 2)
        self.fc1 = nn.Linear(6, 8)
        self.fc2 = nn.Linear(8, 27)
        self.emb.weight.data = start["E"]
        self.fc1.weight.data = start["W1"]
        self.fc1.bias.data = start["b1"]
        self.fc2.weight.data = start["W2"]
        self.fc2.bias.data = start["b2"]

    def forward(self, x):
        e = self.emb(x)
        row = e.reshape(-1, 6)
        z1 = self.fc1(row)
        h = torch.tanh(z1)
        z2 = self.fc2(h)
        return z2


def net_step(net, optimizer, x, t):
    optimizer.zero_grad()
    z2 = net(x)
    loss = F.cross_entropy(z2, t)
    perplexity = torch.exp(loss)
    loss.backward()
    optimizer.step()
    return loss, perplexity


def counts(dials, start, batches):
    net = Counts(dials["smooth"])
    for batch in batches:
        yield how_good(net, **batch)


def bigram(dials, start, batches):
    net = Bigram(start["W"])
    optimizer = optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss, perplexity = bigram_step(net, optimizer, **batch)
        found = {"loss": loss, "perplexity": perplexity}
        yield {**found, "W.grad": net.W.grad, "W'": net.W}


def lookup(dials, start, batches):
    net = Lookup(start["E"])
    for batch in batches:
        looked_up, product, loss = two_ways(net, **batch)
        found = {
            "looked_up": looked_up,
            "product": product,
            "loss": loss,
        }
        yield {**found, "E.grad": net.emb.weight.grad}


def mlp(dials, start, batches):
    net = Net(start)
    optimizer = optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss, perplexity = net_step(net, optimizer, **batch)
        yield {
            "loss": loss,
            "perplexity": perplexity,
            "E.grad": net.emb.weight.grad,
            "W1.grad": net.fc1.weight.grad,
            "W2.grad": net.fc2.weight.grad,
            "E'": net.emb.weight,
        }

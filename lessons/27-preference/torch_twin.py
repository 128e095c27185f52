"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn, optim

SIR, FOOL = 0, 2


class Policy(nn.Module):
    """A score for each answer; beside it what it said at first."""

    def __init__(self, z, log_p0, beta):
        super().__init__()
        self.z = nn.Parameter(z)
        # the reference: a copy that never learns
        self.register_buffer("log_p0", log_p0)
        self.beta = beta

    def forward(self):
        log_p = F.log_softmax(self.z, dim=0)
        return log_p


def earn(net, optimizer, r):
    """RLHF: more reward, but not far from the reference."""
    optimizer.zero_grad()
    log_p = net()
    p = torch.exp(log_p)
    # how much reward, on average
    gains = p * r
    reward = gains.sum()
    # how far from the reference
    ratio = log_p - net.log_p0
    costs = p * ratio
    kl = costs.sum()
    penalty = kl * net.beta
    goal = reward - penalty
    # the best there is, in one line of algebra
    pull = r / net.beta
    tilted = net.log_p0 + pull
    best = F.softmax(tilted, dim=0)
    loss = -goal
    loss.backward()
    optimizer.step()
    told = {"p": p, "reward": reward, "kl": kl, "best": best}
    return {**told, "loss": loss}


def compare(net, optimizer):
    """DPO: one pair, sir better than fool. Nobody gives points."""
    optimizer.zero_grad()
    log_p = net()
    p = torch.exp(log_p)
    gained = log_p - net.log_p0
    chosen = gained[SIR]
    rejected = gained[FOOL]
    ahead = chosen - rejected
    margin = ahead * net.beta
    agrees = torch.sigmoid(margin)
    log_agrees = torch.log(agrees)
    loss = -log_agrees
    loss.backward()
    optimizer.step()
    return {"p": p, "gained": gained, "margin": margin, "loss": loss}


def train(step, dials, start, batches):
    net = Policy(start["z"], start["log_p0"], dials["beta"])
    sgd = optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        told = step(net, sgd, **batch)
        yield {**told, "z.grad": net.z.grad, "z'": net.z}


def reward(dials, start, batches):
    yield from train(earn, dials, start, batches)


def pair(dials, start, batches):
    yield from train(compare, dials, start, batches)

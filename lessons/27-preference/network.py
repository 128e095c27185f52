"""Which answer is better? A reward, and pairs of answers."""

import math

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, optim, tensor

ANSWERS = ("sir", "lord", "fool")
SIR, FOOL = 0, 2
POINTS = [1, 0, 0]  # of a judge who likes sir
STARTS = {"all alike": [1, 1, 1], "fool likelier": [1, 1, 3]}


class Policy(nn.Module):
    """A score for each answer; beside it what it said at first."""

    def __init__(self, parts, beta):
        super().__init__()
        start = np.log(np.array(parts) / sum(parts))
        self.z = nn.Parameter(tensor(start))
        # the reference: a copy that never learns
        self.register_buffer("log_p0", tensor(start))
        self.beta = beta
        for value in (self.z, self.log_p0):
            value.axes, value.labels = ("answer",), (ANSWERS,)

    def forward(self):
        log_p = F.log_softmax(self.z, dim=0)
        return log_p


def earn(net, optimizer, r):
    """RLHF: more reward, but not far from the reference."""
    optimizer.zero_grad()
    log_p = net()
    p = F.exp(log_p)
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
    return loss


def compare(net, optimizer):
    """DPO: one pair, sir better than fool. Nobody gives points."""
    optimizer.zero_grad()
    log_p = net()
    p = F.exp(log_p)
    gained = log_p - net.log_p0
    chosen = gained[SIR]
    rejected = gained[FOOL]
    ahead = chosen - rejected
    margin = ahead * net.beta
    agrees = F.sigmoid(margin)
    log_agrees = F.log(agrees)
    loss = -log_agrees
    loss.backward()
    optimizer.step()
    return loss


def reward(dials):
    net = Policy([1, 1, 1], dials["beta"])
    judge = Table(POINTS, ("answer",), (ANSWERS,), "judge")
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=earn,
        data={"r": judge},
        measures={
            "reward": lambda net: odds(net) @ POINTS,
            "kl": distance,
        },
    )


def pair(dials):
    net = Policy(STARTS[dials["start"]], dials["beta"])
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=compare,
        measures={
            "kl": distance,
            "lord": lambda net: odds(net)[1],
        },
    )


def odds(net):
    powers = np.exp(net.z.data - net.z.data.max())
    return powers / powers.sum()


def distance(net):
    p, p0 = odds(net), np.exp(net.log_p0.data)
    # an answer that is never said costs nothing
    return sum(
        a * math.log(a / b) for a, b in zip(p, p0, strict=True) if a
    )

"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn


class Ravine(nn.Module):
    """f = 0.1 x1² + 2 x2²: flat along x1, steep along x2."""

    def __init__(self, x1, x2):
        super().__init__()
        self.x1 = nn.Parameter(x1)
        self.x2 = nn.Parameter(x2)

    def forward(self):
        square1 = self.x1**2
        flat = square1 * 0.1
        square2 = self.x2**2
        steep = square2 * 2
        f = flat + steep
        return f


class Slopes(nn.Module):
    """f = 1000 a + 0.001 b: gradients of 1000 and 0.001, everywhere."""

    def __init__(self, a, b):
        super().__init__()
        self.a = nn.Parameter(a)
        self.b = nn.Parameter(b)

    def forward(self):
        large = self.a * 1000
        small = self.b * 0.001
        f = large + small
        return f


class Net(nn.Module):
    """From a point in the plane to scores for three classes."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 16)
        self.fc2 = nn.Linear(16, 3)

    def forward(self, x):
        z1 = self.fc1(x)
        h = F.relu(z1)
        scores = self.fc2(h)
        return scores


def descend(net, optimizer):
    optimizer.zero_grad()
    f = net()
    f.backward()
    optimizer.step()
    return f


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    scores = net(x)
    loss = F.cross_entropy(scores, t)
    loss.backward()
    optimizer.step()
    return loss


def chosen(name, net, lr):
    p = net.parameters()
    if name == "momentum":
        return torch.optim.SGD(p, lr=lr, momentum=0.9)
    if name == "rmsprop":
        return torch.optim.RMSprop(p, lr=lr, alpha=0.9)
    if name == "adam":
        return torch.optim.Adam(p, lr=lr)
    return torch.optim.SGD(p, lr=lr)


MEMORY = {
    "momentum_buffer": "v",
    "exp_avg": "m",
    "exp_avg_sq": "v",
    "square_avg": "v",
}


def remembered(optimizer, **parameters):
    """What the optimiser remembers, by the engine's names."""
    found = {}
    for name, p in parameters.items():
        for key, short in MEMORY.items():
            if key in optimizer.state[p]:
                found[f"{name}.{short}'"] = optimizer.state[p][key]
    return found


def momentum(dials, start, batches):
    net = Ravine(start["x1"], start["x2"])
    lr, beta = dials["lr"], dials["momentum"]
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=beta)
    return walk(net, optimizer, batches)


def ravine(dials, start, batches):
    net = Ravine(start["x1"], start["x2"])
    return walk(
        net, chosen(dials["optimizer"], net, dials["lr"]), batches
    )


def walk(net, optimizer, batches):
    for _ in batches:
        f = descend(net, optimizer)
        yield {
            "f": f,
            "x1.grad": net.x1.grad,
            "x2.grad": net.x2.grad,
            **remembered(optimizer, x1=net.x1, x2=net.x2),
            "x1'": net.x1,
            "x2'": net.x2,
        }


def slopes(dials, start, batches):
    net = Slopes(start["a"], start["b"])
    optimizer = chosen(dials["optimizer"], net, dials["lr"])
    for _ in batches:
        f = descend(net, optimizer)
        yield {
            "f": f,
            **remembered(optimizer, a=net.a, b=net.b),
            "a'": net.a,
            "b'": net.b,
        }


def spiral(dials, start, batches):
    net = Net().double()
    net.load_state_dict(
        {
            "fc1.weight": start["W1"],
            "fc1.bias": start["b1"],
            "fc2.weight": start["W2"],
            "fc2.bias": start["b2"],
        }
    )
    optimizer = chosen(dials["optimizer"], net, dials["lr"])
    for batch in batches:
        loss = train_step(net, optimizer, **batch)
        yield {
            "loss": loss,
            "W1.grad": net.fc1.weight.grad,
            **remembered(
                optimizer, W1=net.fc1.weight, W2=net.fc2.weight
            ),
            "W1'": net.fc1.weight,
            "b2'": net.fc2.bias,
        }

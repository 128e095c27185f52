"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn


class Window(nn.Module):
    """One kernel over one small image."""

    def __init__(self, kernel, padding=0, stride=1):
        super().__init__()
        self.K = nn.Parameter(kernel)
        self.padding, self.stride = padding, stride

    def forward(self, x):
        y = F.conv2d(x, self.K, None, self.stride, self.padding)
        return y


def look_at(net, x):
    x.requires_grad_()  # ask about the pixels as well
    y = net(x)
    total = y.sum()
    total.backward()
    return y, total


class Pool(nn.Module):
    """The largest, or the mean, of every 2x2 window."""

    def __init__(self, kind):
        super().__init__()
        both = {"max": F.max_pool2d, "mean": F.avg_pool2d}
        self.pool = both[kind]

    def forward(self, x):
        p = self.pool(x, 2, stride=1)
        return p


def pool_it(net, x):
    x.requires_grad_()
    p = net(x)
    total = p.sum()
    total.backward()
    return p, total


def edge_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    r = y - t
    squares = r**2
    loss = squares.sum()
    loss.backward()
    optimizer.step()
    return loss


class CNN(nn.Module):
    """conv4, pool, conv8, pool, 10."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 8, 3, padding=1)
        self.fc = nn.Linear(32, 10)

    def forward(self, x):
        z1 = self.conv1(x)
        h1 = F.relu(z1)
        p1 = F.max_pool2d(h1, 2)
        z2 = self.conv2(p1)
        h2 = F.relu(z2)
        p2 = F.max_pool2d(h2, 2)
        v = p2.flatten(1)
        logits = self.fc(v)
        return logits


class MLP(nn.Module):
    """64, 16, 10: every pixel has weights of its own."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 16)
        self.fc2 = nn.Linear(16, 10)

    def forward(self, x):
        v = x.flatten(1)
        z1 = self.fc1(v)
        h1 = F.relu(z1)
        logits = self.fc2(h1)
        return logits


class Linear(nn.Module):
    """64, 10: one layer."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        v = x.flatten(1)
        logits = self.fc(v)
        return logits


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    logits = net(x)
    loss = F.cross_entropy(logits, t)
    loss.backward()
    optimizer.step()
    return loss


def read_it(net, x):
    with torch.no_grad():
        logits = net(x)
        p = F.softmax(logits, dim=1)
        sure = p.max()
    return logits, p, sure


# -- the lesson's parts ------------------------------------------------

NAMES = {
    "conv1.weight": "K1",
    "conv1.bias": "b1",
    "conv2.weight": "K2",
    "conv2.bias": "b2",
    "fc.weight": "W",
    "fc.bias": "b",
}


def window(dials, start, batches):
    for batch in batches:
        net = Window(start["K"])
        y, total = look_at(net, batch["x"])
        yield {
            "y": y,
            "total": total,
            "K.grad": net.K.grad,
            "x.grad": batch["x"].grad,
        }


def shapes(dials, start, batches):
    for batch in batches:
        net = Window(start["K"], dials["padding"], dials["stride"])
        y, total = look_at(net, batch["x"])
        yield {
            "y": y,
            "total": total,
            "K.grad": net.K.grad,
            "x.grad": batch["x"].grad,
        }


def pool(dials, start, batches):
    for batch in batches:
        p, total = pool_it(Pool(dials["kind"]), batch["x"])
        yield {"p": p, "total": total, "x.grad": batch["x"].grad}


def edges(dials, start, batches):
    net = Window(start["K"])
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss = edge_step(net, optimizer, **batch)
        yield {"loss": loss, "K.grad": net.K.grad, "K'": net.K}


def loaded(net, start, names):
    own = net.double().state_dict()
    net.load_state_dict({k: start[names.get(k, k)] for k in own})
    return net


def trained_with(net, lr, names, batches):
    optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    for batch in batches:
        told = {"loss": train_step(net, optimizer, **batch)}
        for path, parameter in net.named_parameters():
            name = names.get(path, path)
            told[f"{name}.grad"] = parameter.grad
            told[f"{name}'"] = parameter
        yield told


def digits(dials, start, batches):
    net = loaded(CNN(), start, NAMES)
    yield from trained_with(net, dials["lr"], NAMES, batches)


def rivals(dials, start, batches):
    nets = {"CNN": CNN, "MLP": MLP, "linear": Linear}
    names = NAMES if dials["net"] == "CNN" else {}
    net = loaded(nets[dials["net"]](), start, names)
    yield from trained_with(net, 0.01, names, batches)


def own(dials, start, batches):
    net = loaded(CNN(), start, NAMES)
    for batch in batches:
        logits, p, sure = read_it(net, batch["x"])
        yield {"logits": logits, "p": p, "sure": sure}

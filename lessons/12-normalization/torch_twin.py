"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn

EPS = 1e-5


class Normalise(nn.Module):
    """To mean 0 and deviation 1, then stretched and shifted."""

    def __init__(self, dim, gain, shift):
        super().__init__()
        self.dim = dim  # 1: each row by itself; 0: each column
        self.gain = nn.Parameter(gain)
        self.shift = nn.Parameter(shift)

    def forward(self, x):
        mu = x.mean(self.dim, keepdim=True)
        centred = x - mu
        spread = centred**2
        var = spread.mean(self.dim, keepdim=True)
        safe = var + EPS
        std = safe.sqrt()
        xhat = centred / std
        scaled = self.gain * xhat
        y = scaled + self.shift
        return y


def mean_squared_error(y, t):
    r = y - t
    squares = r**2
    loss = squares.mean()
    return loss


class Scales(nn.Module):
    """Four measurements, normalised or not, to one weight."""

    def __init__(self, normalise):
        super().__init__()
        self.norm = nn.BatchNorm1d(4, affine=False)
        self.fc = nn.Linear(4, 1)
        self.normalise = normalise

    def forward(self, x):
        u = x
        if self.normalise:
            u = self.norm(x)
        y = self.fc(u)
        return y


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    loss = mean_squared_error(y, t)
    loss.backward()
    optimizer.step()
    return loss


class Chain(nn.Module):
    """Five layers, one after the other: 3-3-3-3-3-1."""

    def __init__(self, keep):
        super().__init__()
        self.fc1 = nn.Linear(3, 3)
        self.fc2 = nn.Linear(3, 3)
        self.fc3 = nn.Linear(3, 3)
        self.fc4 = nn.Linear(3, 3)
        self.fc5 = nn.Linear(3, 1)
        self.keep = keep  # 1: shortcuts, x + f(x); 0: only f(x)

    def forward(self, x):
        z1 = self.fc1(x)
        f1 = F.gelu(z1, approximate="tanh")
        s1 = self.keep * x
        h1 = s1 + f1
        z2 = self.fc2(h1)
        f2 = F.gelu(z2, approximate="tanh")
        s2 = self.keep * h1
        h2 = s2 + f2
        z3 = self.fc3(h2)
        f3 = F.gelu(z3, approximate="tanh")
        s3 = self.keep * h2
        h3 = s3 + f3
        z4 = self.fc4(h3)
        f4 = F.gelu(z4, approximate="tanh")
        s4 = self.keep * h3
        h4 = s4 + f4
        z5 = self.fc5(h4)
        y = F.gelu(z5, approximate="tanh")  # 3 to 1: no shortcut
        return y


def by_hand(dials, start, batches):
    """By hand; the output is held against torch's own layers."""
    dim = 1 if dials["over"] == "rows" else 0
    net = Normalise(dim, start["gain"], start["shift"])
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        optimizer.zero_grad()
        x = batch["x"].requires_grad_()
        y = net(x)
        loss = mean_squared_error(y, batch["t"])
        loss.backward()
        gain, shift = net.gain.detach(), net.shift.detach()
        if dim == 1:
            built_in = F.layer_norm(x, (3,), gain, shift, EPS)
        else:
            built_in = F.batch_norm(
                x, None, None, gain, shift, training=True, eps=EPS
            )
        told = {
            "loss": loss.clone(),
            "y": built_in,
            "x.grad": x.grad,
            "gain.grad": net.gain.grad,
            "shift.grad": net.shift.grad,
        }
        optimizer.step()
        yield {**told, "gain'": net.gain, "shift'": net.shift}


def loaded(net, start):
    """The start's numbers; torch also counts the batches."""
    own = net.state_dict()
    names = {"fc.weight": "W", "fc.bias": "b"}
    own.update({k: start[names.get(k, k)] for k in own
                if names.get(k, k) in start})  # fmt: skip
    net.load_state_dict(own)
    return net


def scales(dials, start, batches):
    net = loaded(Scales(dials["norm"] == "batch").double(), start)
    net.train(dials["mode"] == "train")
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss = train_step(net, optimizer, **batch)
        told = {
            "loss": loss,
            "W.grad": net.fc.weight.grad,
            "W'": net.fc.weight,
            "b'": net.fc.bias,
        }
        if net.normalise and net.training:
            told["norm.running_mean'"] = net.norm.running_mean
            told["norm.running_var'"] = net.norm.running_var
        yield told


def company(dials, start, batches):
    net = loaded(Scales(normalise=True).double(), start)
    net.train(dials["mode"] == "train")
    for batch in batches:
        y = net(batch["x"])
        yield {"y": y, "loss": mean_squared_error(y, batch["t"])}


def shortcuts(dials, start, batches):
    net = Chain(dials["keep"]).double()
    layers = (net.fc1, net.fc2, net.fc3, net.fc4, net.fc5)
    for number, layer in enumerate(layers, start=1):
        weight, bias = start[f"W{number}"], start[f"b{number}"]
        layer.load_state_dict({"weight": weight, "bias": bias})
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        told = {"loss": train_step(net, optimizer, **batch)}
        for number, layer in enumerate(layers, start=1):
            told[f"W{number}.grad"] = layer.weight.grad
            told[f"b{number}.grad"] = layer.bias.grad
            told[f"W{number}'"] = layer.weight
        yield told

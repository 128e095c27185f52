"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn


class Chain(nn.Module):
    """One number through the same layer of one unit, ten times."""

    def __init__(self, x, w, b):
        super().__init__()
        self.x = nn.Parameter(x)
        self.fc = nn.Linear(1, 1)
        self.fc.weight.data = w
        self.fc.bias.data = b
        self.fc.requires_grad_(False)

    def forward(self):
        z1 = self.fc(self.x)
        h1 = F.sigmoid(z1)
        z2 = self.fc(h1)
        h2 = F.sigmoid(z2)
        z3 = self.fc(h2)
        h3 = F.sigmoid(z3)
        z4 = self.fc(h3)
        h4 = F.sigmoid(z4)
        z5 = self.fc(h4)
        h5 = F.sigmoid(z5)
        z6 = self.fc(h5)
        h6 = F.sigmoid(z6)
        z7 = self.fc(h6)
        h7 = F.sigmoid(z7)
        z8 = self.fc(h7)
        h8 = F.sigmoid(z8)
        z9 = self.fc(h8)
        h9 = F.sigmoid(z9)
        z10 = self.fc(h9)
        h10 = F.sigmoid(z10)
        y = h10[0]  # the number itself
        return y


def pull(net):
    """How does the far end depend on the near one?"""
    net.zero_grad()
    y = net()
    y.backward()
    return y


class Deep(nn.Module):
    """Ten layers of 32 units, without biases."""

    def __init__(self, act):
        super().__init__()
        self.act = act
        self.fc1 = nn.Linear(32, 32, bias=False)
        self.fc2 = nn.Linear(32, 32, bias=False)
        self.fc3 = nn.Linear(32, 32, bias=False)
        self.fc4 = nn.Linear(32, 32, bias=False)
        self.fc5 = nn.Linear(32, 32, bias=False)
        self.fc6 = nn.Linear(32, 32, bias=False)
        self.fc7 = nn.Linear(32, 32, bias=False)
        self.fc8 = nn.Linear(32, 32, bias=False)
        self.fc9 = nn.Linear(32, 32, bias=False)
        self.fc10 = nn.Linear(32, 32, bias=False)

    def forward(self, x):
        z1 = self.fc1(x)
        h1 = self.act(z1)
        z2 = self.fc2(h1)
        h2 = self.act(z2)
        z3 = self.fc3(h2)
        h3 = self.act(z3)
        z4 = self.fc4(h3)
        h4 = self.act(z4)
        z5 = self.fc5(h4)
        h5 = self.act(z5)
        z6 = self.fc6(h5)
        h6 = self.act(z6)
        z7 = self.fc7(h6)
        h7 = self.act(z7)
        z8 = self.fc8(h7)
        h8 = self.act(z8)
        z9 = self.fc9(h8)
        h9 = self.act(z9)
        y = self.fc10(h9)
        return y


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    loss = F.mse_loss(y, t)
    loss.backward()
    optimizer.step()
    return loss


ACTIVATIONS = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "ReLU": torch.relu,
}


def chain(dials, start, batches):
    net = Chain(start["x"], start["w"], start["b"])
    for _ in batches:
        y = pull(net)
        yield {"y": y, "x.grad": net.x.grad}


def deep(dials, start, batches):
    net = Deep(ACTIVATIONS[dials["act"]])
    layers = {f"W{i}": getattr(net, f"fc{i}") for i in range(1, 11)}
    for name, layer in layers.items():
        layer.weight.data = start[name]
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss = train_step(net, optimizer, **batch)
        told = {"loss": loss}
        for name, layer in layers.items():
            told[f"{name}.grad"] = layer.weight.grad
            told[f"{name}'"] = layer.weight
        yield told

"""The same in PyTorch."""

import torch
from torch import nn


class Neuron(nn.Module):
    """Weigh each input, add up, add b, bend: one neuron."""

    def __init__(self, w, b):
        super().__init__()
        self.w = nn.Parameter(w)
        self.b = nn.Parameter(b)

    def forward(self, x):
        products = self.w * x
        total = products.sum()
        z = total + self.b
        a = torch.sigmoid(z)
        return a


def train_step(net, optimizer, x):
    optimizer.zero_grad()
    x = x.detach().requires_grad_()  # ask about the inputs as well
    a = net(x)
    a.backward()
    optimizer.step()  # a should be 0: make it smaller
    return a, x.grad


def check_gradients(net, x, up_w, up_x, up_b, h):
    """Five slopes, measured with nudges; then five gradients."""
    net.zero_grad()
    x = x.detach().requires_grad_()
    a = net(x)
    with torch.no_grad():  # five neurons: in each, one is nudged
        W = net.w + up_w
        X = x + up_x
        B = net.b + up_b
        weighed = W * X
        totals = weighed.sum(dim=1, keepdim=True)
        Z = totals + B
        A = torch.sigmoid(Z)
        rises = A - a  # how far each nudge moved the answer
        slopes = rises / h
    a.backward()
    return a, x.grad, slopes


def neuron(dials, start, batches):
    net = Neuron(start["w"], start["b"])
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        a, x_grad = train_step(net, optimizer, **batch)
        yield {
            "a": a,
            "w.grad": net.w.grad,
            "b.grad": net.b.grad,
            "x.grad": x_grad,
            "w'": net.w,
            "b'": net.b,
        }


def scale(dials, start, batches):
    yield from neuron(dials, start, batches)


def measure(dials, start, batches):
    net = Neuron(start["w"], start["b"])
    for batch in batches:
        a, x_grad, slopes = check_gradients(net, **batch, h=dials["h"])
        yield {
            "a": a,
            "w.grad": net.w.grad,
            "b.grad": net.b.grad,
            "x.grad": x_grad,
            "slopes": slopes,
        }

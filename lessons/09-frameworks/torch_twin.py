"""The network of the guides, 4 - 10 - 1, finished, in PyTorch."""

import torch
from torch import nn, optim


class Net(nn.Module):
    """4 inputs, 10 hidden units, 1 output: 61 parameters."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 10)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(10, 1)

    def forward(self, x):
        z1 = self.fc1(x)
        h = self.relu(z1)
        y = self.fc2(h)
        return y


criterion = nn.MSELoss()


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    loss = criterion(y, t)
    loss.backward()
    optimizer.step()
    return loss


def forgetful_step(net, optimizer, x, t):
    y = net(x)
    loss = criterion(y, t)
    loss.backward()
    optimizer.step()
    return loss


def step_with_a_look(net, optimizer, x, t):
    """Train, and compute on the side what was meant."""
    optimizer.zero_grad()
    y = net(x)
    r = y - t
    squares = r**2
    loss = squares.mean()
    with torch.no_grad():
        mine = y.flatten()
        meant = t.flatten()
        error = mine - meant
        wrong = error**2
        true_mse = wrong.mean()
    loss.backward()
    optimizer.step()
    return loss, true_mse


def evaluate(net, x, t):
    with torch.no_grad():
        y = net(x)
        r = y - t
        squares = r**2
        loss = squares.mean()
        sizes = r.abs()
        mae = sizes.mean()
    return loss, mae


def train(net, optimizer, train_loader, x_val, t_val, epochs):
    """What the guide's code breaks off before: the whole of it."""
    for epoch in range(epochs):
        net.train()
        for x, t in train_loader:
            train_step(net, optimizer, x, t)
        net.eval()
        loss, mae = evaluate(net, x_val, t_val)
        print(f"epoch {epoch}: {loss:.3f} kg², {mae:.2f} kg")


def penguins(dials, start, batches):
    net, optimizer = given(start, dials)
    clears = dials["zero_grad"] == "yes"
    step = train_step if clears else forgetful_step
    for batch in batches:
        loss = step(net, optimizer, **batch)
        yield {"loss": loss, **after(net)}


def shapes(dials, start, batches):
    net, optimizer = given(start, dials)
    for batch in batches:
        loss, true_mse = step_with_a_look(net, optimizer, **batch)
        yield {"loss": loss, "true_mse": true_mse, **after(net)}


def validation(dials, start, batches):
    net, _ = given(start, dials)
    net.train(dials["mode"] == "train")
    for batch in batches:
        loss, mae = evaluate(net, **batch)
        yield {"loss": loss, "mae": mae}


def given(start, dials):
    """The network with the numbers that it is to start from."""
    net = Net().double()
    net.fc1.load_state_dict(
        {"weight": start["W1"], "bias": start["b1"]}
    )
    net.fc2.load_state_dict(
        {"weight": start["W2"], "bias": start["b2"]}
    )
    lr, eps = dials["lr"], dials["eps"]
    return net, optim.Adam(net.parameters(), lr=lr, eps=eps)


def after(net):
    return {
        "W1.grad": net.fc1.weight.grad,
        "b1.grad": net.fc1.bias.grad,
        "W2.grad": net.fc2.weight.grad,
        "b2.grad": net.fc2.bias.grad,
        "W1'": net.fc1.weight,
        "W2'": net.fc2.weight,
    }

"""What is the best line? By descent, by formula, on a real table."""

from pathlib import Path

import numpy as np
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, no_grad, optim, tensor

CSV = Path(__file__).parents[1] / "data" / "diabetes.csv"


class Line(nn.Module):
    """y = w x + b: one weight, one bias."""

    def __init__(self, w, b):
        super().__init__()
        self.w = nn.Parameter(tensor(w))
        self.b = nn.Parameter(tensor(b))

    def forward(self, x):
        wx = self.w * x
        y = wx + self.b
        return y


def mean_squared_error(y, t):
    r = y - t  # the residuals: what is left over
    squares = r**2
    loss = squares.mean()
    return loss


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    loss = mean_squared_error(y, t)
    loss.backward()
    optimizer.step()
    return loss


class BestLine(nn.Module):
    """The same line by formula: no gradient, no steps."""

    def forward(self, x, t):
        x_mean = x.mean()
        t_mean = t.mean()
        dx = x - x_mean
        dt = t - t_mean
        products = dx * dt
        widths = dx**2
        together = products.sum()
        spread = widths.sum()
        w = together / spread
        wx_mean = w * x_mean
        b = t_mean - wx_mean
        wx = w * x
        y = wx + b
        return y


def solve_once(net, optimizer, x, t):
    y = net(x, t)
    loss = mean_squared_error(y, t)
    return loss


class Regression(nn.Module):
    """y = w1 x1 + … + w10 x10 + b: one linear layer."""

    def __init__(self, W_exact):
        super().__init__()
        self.fc = nn.Linear(10, 1)
        self.register_buffer("W_exact", W_exact)

    def forward(self, x):
        y = self.fc(x)
        return y


def table_step(net, optimizer, x, t):
    with no_grad():
        gap = net.fc.weight - net.W_exact  # how far still to go
    loss = train_step(net, optimizer, x, t)
    return loss


def normal_equation(x, t):
    """Solve (XᵀX) w = Xᵀt, with a column of ones for the bias."""
    X = np.column_stack([x, np.ones(len(x))])
    solution = np.linalg.solve(X.T @ X, X.T @ t)
    weights, bias = solution[:-1], solution[-1]
    return weights.T, bias


def line(dials):
    net = Line(dials["w"], dials["b"])
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=train_step,
        data=four_points(dials["outlier"]),
    )


def closed_form(dials):
    return Experiment(
        net=BestLine(),
        step=solve_once,
        data=four_points(dials["outlier"]),
    )


def four_points(outlier):
    """On the line t = 2 x + 1, but the last is lifted."""
    t = [3, 5, 7, 9 + outlier]
    return {
        "x": Table([1, 2, 3, 4], axes=("example",), name="four-points"),
        "t": Table(t, axes=("example",), name="four-points"),
    }


def table(dials):
    """442 diabetes patients, ten measurements each, standardised."""
    header = CSV.read_text(encoding="ascii").partition("\n")[0]
    features = tuple(header.split(",")[:-1])
    numbers = np.loadtxt(CSV, delimiter=",", skiprows=1)
    x, t = numbers[:, :-1], numbers[:, -1:]
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    weights, bias = normal_equation(x, t)
    net = Regression(tensor(weights))
    far = 0 if dials["start"] == "zero" else 1
    start = {"weight": far * weights, "bias": far * bias}
    net.fc.load_state_dict(start)
    for W in (net.fc.weight, net.W_exact):
        W.axes, W.labels = ("progression", "feature"), (None, features)
    net.fc.bias.axes = ("progression",)
    rows = int(dials["batch_size"])
    source = "Efron et al., Least Angle Regression (2004)"
    licence = "as distributed with scikit-learn, BSD 3-Clause"
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.fc.parameters(), lr=dials["lr"]),
        step=table_step,
        data={
            "x": Table(
                x,
                axes=("patient", "feature"),
                labels=(None, features),
                name="diabetes",
                source=source,
                licence=licence,
            ),
            "t": Table(
                t,
                axes=("patient", "progression"),
                name="diabetes-progression",
                source=source,
                licence=licence,
            ),
        },
        batch_size=rows if rows < len(x) else None,
        names={"fc.weight": "W", "fc.bias": "b"},
    )

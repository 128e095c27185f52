"""Why slide one small window?"""

from pathlib import Path

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Gallery, Table
from tuiexplain.course.datasets import digits as shipped_digits
from tuiexplain.engine import nn, no_grad, optim, rand, tensor

DATA = Path(__file__).parents[1] / "data"
IMAGE = ("example", "channel", "row", "column")
KERNEL = ("out", "in", "row", "column")
TEN = tuple("0123456789")


class Window(nn.Module):
    """One kernel over one small image."""

    def __init__(self, kernel, padding=0, stride=1):
        super().__init__()
        self.K = nn.Parameter(tensor(kernel))
        self.K.axes = KERNEL
        self.padding, self.stride = padding, stride

    def forward(self, x):
        y = F.conv2d(x, self.K, None, self.stride, self.padding)
        return y


def look_at(net, optimizer, x):
    x = x.detach().requires_grad_()  # ask about the pixels as well
    y = net(x)
    total = y.sum()
    total.backward()
    return total


class Pool(nn.Module):
    """The largest, or the mean, of every 2x2 window."""

    def __init__(self, kind):
        super().__init__()
        both = {"max": F.max_pool2d, "mean": F.avg_pool2d}
        self.pool = both[kind]

    def forward(self, x):
        p = self.pool(x, 2, stride=1)
        return p


def pool_it(net, optimizer, x):
    x = x.detach().requires_grad_()
    p = net(x)
    total = p.sum()
    total.backward()
    return total


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


NETS = {"CNN": CNN, "MLP": MLP, "linear": Linear}


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    logits = net(x)
    loss = F.cross_entropy(logits, t)
    loss.backward()
    optimizer.step()
    return loss


def read_it(net, optimizer, x):
    with no_grad():
        logits = net(x)
        p = F.softmax(logits, dim=1)
        sure = p.max()
    return sure


def window(dials):
    kernel = np.array([[[[0, 1], [2, 3]]]])
    if dials["kernel"] == "flipped":
        kernel = kernel[:, :, ::-1, ::-1]
    return Experiment(
        net=Window(kernel),
        step=look_at,
        data={"x": pixels(np.arange(9).reshape(1, 1, 3, 3))},
    )


def shapes(dials):
    x = np.arange(9).reshape(3, 3)
    kernel = np.arange(4).reshape(2, 2)
    pair = np.stack([kernel, kernel + 1])  # one for each channel
    kernels = [pair + more for more in range(dials["out"])]
    return Experiment(
        net=Window(
            np.stack(kernels), dials["padding"], dials["stride"]
        ),
        step=look_at,
        data={"x": pixels(np.stack([x, x + 1])[None])},
    )


def pool(dials):
    return Experiment(
        net=Pool(dials["kind"]),
        step=pool_it,
        data={"x": pixels(np.arange(9).reshape(1, 1, 3, 3))},
    )


def edges(dials):
    image = np.ones((6, 8))
    image[:, 2:6] = 0
    t = image[:, :-1] - image[:, 1:]  # 1 and -1 at the edges
    kernel = rand(1, 1, 1, 2).data - 0.5
    if dials["kernel"] == "1, -1":
        kernel = np.array([[[[1, -1]]]])
    if dials["image"] == "turned":
        image, t = image.T, np.zeros((8, 5))
    net = Window(kernel)
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=edge_step,
        data={
            "x": pixels(image[None, None]),
            "t": pixels(t[None, None]),
        },
    )


def digits(dials):
    return reading(CNN(), split(), dials["lr"])


def rivals(dials):
    data = split()
    if dials["pixels"] == "shuffled":
        order = np.random.default_rng(1).permutation(64)
        data = {key: shuffled(a, order) for key, a in data.items()}
    return reading(NETS[dials["net"]](), data, 0.01)


def own(dials):
    net = CNN()
    net.load_state_dict(trained())
    return Experiment(
        net=net,
        step=read_it,
        data={"x": pixels(drawing(net, dials["digit"]))},
        names=NAMES,
    )


# -- data --------------------------------------------------------------

NAMES = {
    "conv1.weight": "K1",
    "conv1.bias": "b1",
    "conv2.weight": "K2",
    "conv2.bias": "b2",
    "fc.weight": "W",
    "fc.bias": "b",
}


def pixels(values):
    return Table(values, axes=IMAGE, name="pixels")


def split():
    """1,437 digits to learn from, 360 kept aside."""
    images, classes = shipped_digits()
    order = np.random.default_rng(0).permutation(len(images))
    kept, held = order[360:], order[:360]
    return {
        "x": images[kept],
        "t": classes[kept],
        "x_test": images[held],
        "t_test": classes[held],
    }


def shuffled(images, order):
    if images.ndim == 1:
        return images
    flat = images.reshape(-1, 64)[:, order]
    return flat.reshape(images.shape)


def moved(images):
    """Every digit one pixel right, left, down and up."""
    wide = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    corners = ((1, 0), (1, 2), (0, 1), (2, 1))
    return [wide[:, :, r : r + 8, c : c + 8] for r, c in corners]


def right(net, images, classes):
    """The share that is read right."""
    said = net(tensor(images)).data.argmax(axis=1)
    return (said == classes).mean()


def reading(net, data, lr):
    test, t_test = data["x_test"], data["t_test"]
    paths = dict(net.named_parameters())
    return Experiment(
        net=net,
        optimizer=optim.Adam(net.parameters(), lr=lr),
        step=train_step,
        data={
            "x": pixels(data["x"]),
            "t": Table(
                data["t"], axes=("example",), name="digits", dtype=int
            ),
        },
        batch_size=32,
        names=NAMES if "conv1.weight" in paths else {},
        measures={
            "test_right": lambda net: right(net, test, t_test),
            "moved_right": lambda net: np.mean(
                [right(net, images, t_test) for images in moved(test)]
            ),
        },
        gallery=Gallery(test, t_test, lambda net: net(tensor(test))),
    )


def trained():
    """The numbers of ``digits`` after 600 updates."""
    file = DATA / "digits-cnn.csv"
    numbers = np.loadtxt(file, delimiter=",", skiprows=1)
    net, start, found = CNN(), 0, {}
    for name, parameter in net.named_parameters():
        stop = start + parameter.data.size
        found[name] = numbers[start:stop].reshape(parameter.shape)
        start = stop
    return found


def drawing(net, digit):
    """A digit of the test set, or an empty page."""
    if digit == "blank":
        return np.zeros((1, 1, 8, 8))
    data = split()
    images, classes = data["x_test"], data["t_test"]
    if digit == "misread":
        wrong = net(tensor(images)).data.argmax(axis=1) != classes
        return images[wrong][:1]
    return images[classes == int(digit)][:1]

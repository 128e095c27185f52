"""Big, small, affordable: fewer bits, a law of size, and the bill."""

import csv
import math
from pathlib import Path

import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, tensor, zeros

# ------------------------------------------------- eight weights

WEIGHTS = [[1.2, -0.5, -4.3, 1.2], [-3.1, 0.8, 2.4, 5.4]]


class Absmax(nn.Module):
    """Whole numbers of few bits, and what one of them is worth."""

    def __init__(self, weights, bits):
        super().__init__()
        self.w = nn.Parameter(tensor(weights))
        self.most = 2 ** (bits - 1) - 1

    def forward(self):
        size = F.abs(self.w)
        largest = F.max(size)
        scale = largest / self.most
        steps = self.w / scale
        codes = F.round(steps)
        back = codes * scale
        error = back - self.w
        off = F.abs(error)
        worst = F.max(off)
        return worst


def use(net, optimizer, **given):
    """Nobody learns in this lesson: the numbers are computed."""
    return net(**given)


def codes(dials):
    net = Absmax(WEIGHTS, dials["bits"])
    net.w.axes = ("out", "in")
    return Experiment(net, use)


# ------------------------------------------------- one outlier


class Groups(nn.Module):
    """A matrix, quantised with one scale for each group."""

    def __init__(self, n, bits, group):
        super().__init__()
        self.W = nn.Parameter(nn.init.normal_(zeros(n, n)))
        self.bits = bits
        self.most = 2 ** (bits - 1) - 1
        self.group = group
        self.register_buffer("scale_bits", tensor(16.0))

    def forward(self):
        groups = self.W.reshape(-1, self.group)
        size = F.abs(groups)
        largest, _ = F.max(size, dim=1, keepdim=True)
        scale = largest / self.most
        steps = groups / scale
        codes = F.round(steps)
        none = codes == 0
        zero = F.mean(none)
        kept = codes * scale
        back = kept.reshape(self.W.shape)
        error = back - self.W
        squares = error**2
        lost = squares.sum()
        W_squares = self.W**2
        whole = W_squares.sum()
        ratio = lost / whole
        share = F.sqrt(ratio)
        # what it costs: the weights of a group share a scale
        shared = self.scale_bits / self.group
        price = shared + self.bits
        return share, zero, price


def quantised(net, optimizer):
    return net()[0]


def outlier(dials):
    n = dials["n"]
    sizes = {"tensor": n * n, "row": n, "half": n // 2}
    group = sizes.get(dials["group"], n // 4)
    net = Groups(n, dials["bits"], group)
    net.W.axes = ("out", "in")
    return Experiment(net, quantised)


# ------------------------------------------------- a law of size

TEN = math.log(10)


class Law(nn.Module):
    """The straight line through points on log-log paper."""

    def __init__(self, floor):
        super().__init__()
        self.register_buffer("E", tensor(floor))

    def forward(self, N, L, N_next, L_real, L_read):
        ln_N = F.log(N)
        x = ln_N / TEN
        above = L - self.E
        ln_above = F.log(above)
        y = ln_above / TEN
        # least squares, as in lesson 02
        x_mean = F.mean(x)
        y_mean = F.mean(y)
        dx = x - x_mean
        dy = y - y_mean
        together = dx * dy
        covariance = together.sum()
        dx_2 = dx**2
        variance = dx_2.sum()
        slope = covariance / variance
        at_mean = slope * x_mean
        level = y_mean - at_mean
        rise = slope * x
        line = rise + level
        power = 10.0**line
        said = power + self.E
        off = L - said
        distance = F.abs(off)
        worst = F.max(distance)
        # a size that was not fitted
        ln_next = F.log(N_next)
        x_next = ln_next / TEN
        rise_next = slope * x_next
        y_next = rise_next + level
        power_next = 10.0**y_next
        L_next = power_next + self.E
        gap = L_real - L_next
        by_heart = L_real - L_read
        return by_heart


def measured():
    """Rows of data/sizes.csv, the smallest network first."""
    file = Path(__file__).parent / "data" / "sizes.csv"
    with file.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def law(dials):
    *fitted, last = measured()
    names = tuple(row["width"] for row in fitted)

    def column(key):
        numbers = [float(row[key]) for row in fitted]
        return Table(numbers, ("width",), (names,), name="sizes")

    data = {
        "N": column("parameters"),
        "L": column("val_loss"),
        "N_next": Table(float(last["parameters"]), name="sizes"),
        "L_real": Table(float(last["val_loss"]), name="sizes"),
        "L_read": Table(float(last["loss"]), name="sizes"),
    }
    return Experiment(Law(dials["E"]), use, data)


# ------------------------------------------------- the bill

# layers, d (width), heads, inner, matrices (of the feed-forward
# network), thin (vectors of d numbers: biases and norms), rows (of
# d numbers: tokens, positions, last norm), cached (keys, values)
SHAPES = {
    "BERT-base": (12, 768, 12, 3072, 2, 13, 31807, 0),
    "GPT-2": (12, 768, 12, 3072, 2, 13, 51283, 2),
    "GPT-2 XL": (48, 1600, 25, 6400, 2, 13, 51283, 2),
    "LLaMA-7B": (32, 4096, 32, 11008, 3, 2, 64001, 2),
    "GPT-3": (96, 12288, 96, 49152, 2, 13, 52307, 2),
}
FIELDS = (
    "layers",
    "d",
    "heads",
    "inner",
    "matrices",
    "thin",
    "rows",
    "cached",
)
GPU_DAY = 0.4 * 312e12 * 86400 / 1e18  # an A100 at 40 % of its peak


class Bill(nn.Module):
    """Parameters, memory in GB and operations of a Transformer."""

    def __init__(self, bits, training, batch, context):
        super().__init__()
        self.bytes = bits / 8
        self.trains = 1 if training else 0
        self.speaks = 0 if training else 1
        # less than 16 bits are not enough for small changes
        self.gradient_bytes = self.trains * max(2, self.bytes)
        self.adam_bytes = self.trains * (8 if bits == 32 else 12)
        self.register_buffer("batch", tensor(float(batch)))
        self.register_buffer("context", tensor(float(context)))

    def forward(
        self, layers, d, heads, inner, matrices, thin, rows, cached, D
    ):
        # parameters
        square = d * d
        attention = square * 4
        sheet = d * inner
        feed = sheet * matrices
        small = d * thin
        both = attention + feed
        block = both + small
        blocks = block * layers
        tables = d * rows
        N = blocks + tables
        # memory, in GB
        billions = N / 1e9
        weights = billions * self.bytes
        gradients = billions * self.gradient_bytes
        adam = billions * self.adam_bytes
        tokens = self.batch * self.context
        places = tokens * layers
        stream = places * d
        inside = stream * 34
        looks = places * heads
        seen = looks * self.context
        maps = seen * 5
        per_pass = inside + maps
        activations = per_pass * (self.trains / 1e9)
        columns = stream * cached
        cache = columns * (self.speaks * 2 / 1e9)
        kept = weights + gradients
        fixed = kept + adam
        moving = activations + cache
        total = fixed + moving
        # operations
        each = billions * 6
        C = each * D
        days = C / GPU_DAY
        return total, days


def add_up(net, optimizer, **shape):
    return net(**shape)[0]


def bill(dials):
    training = dials["use"] == "training"
    net = Bill(
        dials["bits"], training, dials["batch"], dials["context"]
    )
    shape = SHAPES[dials["model"]]
    data = {
        field: Table(number, name="shape")
        for field, number in zip(FIELDS, shape, strict=True)
    }
    data["D"] = Table(dials["D"], name="tokens")
    return Experiment(net, add_up, data)


# ------------------------------------------------- eight names

# year, millions of parameters (0: not published), decoder, dialogue
NAMES = {
    "BERT-base": (2018, 110, 0, 0),
    "BERT-large": (2018, 340, 0, 0),
    "GPT-2 XL": (2019, 1558, 1, 0),
    "GPT-3": (2020, 175_000, 1, 0),
    "LaMDA": (2022, 137_000, 1, 1),
    "InstructGPT": (2022, 1300, 1, 1),
    "ChatGPT": (2022, 0, 1, 1),
    "LLaMA-7B": (2023, 6738, 1, 0),
}
COLUMNS = ("year", "M", "dec.", "dial.")


class Timeline(nn.Module):
    """What is known of each, and what follows from it."""

    def forward(self, models):
        millions = models[:, 1]
        decoder = models[:, 2]
        dialogue = models[:, 3]
        both = decoder * dialogue
        memory = millions * 2
        smallest = millions[0]
        times = millions / smallest
        largest = F.max(times)
        return largest


def timeline(dials):
    rows = Table(
        list(NAMES.values()),
        ("model", "fact"),
        (tuple(NAMES), COLUMNS),
        name="names",
    )
    return Experiment(Timeline(), use, {"models": rows})

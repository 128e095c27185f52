"""The same in PyTorch."""

import math

import torch
from torch import nn


class Absmax(nn.Module):
    """Whole numbers of few bits, and what one of them is worth."""

    def __init__(self, w, bits):
        super().__init__()
        self.register_buffer("w", w)
        self.most = 2 ** (bits - 1) - 1

    def forward(self):
        size = self.w.abs()
        largest = size.max()
        scale = largest / self.most
        steps = self.w / scale
        codes = torch.round(steps)
        back = codes * scale
        error = back - self.w
        off = error.abs()
        worst = off.max()
        return scale, codes, back, error, worst


def codes(dials, start, batches):
    net = Absmax(start["w"], dials["bits"])
    names = ("scale", "codes", "back", "error", "worst")
    for _ in batches:
        yield dict(zip(names, net(), strict=True))


class Groups(nn.Module):
    """A matrix, quantised with one scale for each group."""

    def __init__(self, W, bits, group):
        super().__init__()
        self.register_buffer("W", W)
        self.bits = bits
        self.most = 2 ** (bits - 1) - 1
        self.group = group

    def forward(self):
        groups = self.W.reshape(-1, self.group)
        size = groups.abs()
        largest, _ = size.max(dim=1, keepdim=True)
        scale = largest / self.most
        steps = groups / scale
        codes = torch.round(steps)
        none = codes == 0
        zero = none.double().mean()
        kept = codes * scale
        back = kept.reshape(self.W.shape)
        error = back - self.W
        squares = error**2
        lost = squares.sum()
        W_squares = self.W**2
        whole = W_squares.sum()
        ratio = lost / whole
        share = ratio.sqrt()
        # what it costs: the weights of a group share a scale
        shared = 16.0 / self.group
        price = torch.tensor(shared + self.bits)
        return codes, zero, back, error, share, price.double()


def outlier(dials, start, batches):
    n = dials["n"]
    sizes = {"tensor": n * n, "row": n, "half": n // 2}
    group = sizes.get(dials["group"], n // 4)
    net = Groups(start["W"], dials["bits"], group)
    names = ("codes", "zero", "back", "error", "share", "price")
    for _ in batches:
        yield dict(zip(names, net(), strict=True))


TEN = math.log(10)


class Law(nn.Module):
    """The straight line through points on log-log paper."""

    def __init__(self, floor):
        super().__init__()
        self.register_buffer("E", floor)

    def forward(self, N, L, N_next, L_real, L_read):
        ln_N = torch.log(N)
        x = ln_N / TEN
        above = L - self.E
        ln_above = torch.log(above)
        y = ln_above / TEN
        # least squares, as in lesson 02
        x_mean = x.mean()
        y_mean = y.mean()
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
        distance = off.abs()
        worst = distance.max()
        # a size that was not fitted
        ln_next = torch.log(N_next)
        x_next = ln_next / TEN
        rise_next = slope * x_next
        y_next = rise_next + level
        power_next = 10.0**y_next
        L_next = power_next + self.E
        gap = L_real - L_next
        by_heart = L_real - L_read
        return slope, level, said, worst, L_next, gap, by_heart


def law(dials, start, batches):
    net = Law(start["E"])
    names = (
        "slope",
        "level",
        "said",
        "worst",
        "L_next",
        "gap",
        "by_heart",
    )
    for batch in batches:
        yield dict(zip(names, net(**batch), strict=True))


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
        self.register_buffer("batch", batch)
        self.register_buffer("context", context)

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
        return N, weights, adam, activations, cache, total, C, days


def bill(dials, start, batches):
    net = Bill(
        dials["bits"],
        dials["use"] == "training",
        start["batch"],
        start["context"],
    )
    names = (
        "N",
        "weights",
        "adam",
        "activations",
        "cache",
        "total",
        "C",
        "days",
    )
    for batch in batches:
        yield dict(zip(names, net(**batch), strict=True))


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
        return both, memory, times


def timeline(dials, start, batches):
    net = Timeline()
    for batch in batches:
        names = ("both", "memory", "times")
        yield dict(zip(names, net(**batch), strict=True))

"""Programs that PyTorch and the engine both run, written once: their names are the same.

A case's function takes the library (``torch`` or ``tuiexplain.engine``), its ``functional`` and the
inputs. Leading arrays are real and have gradients; ``fixed`` ones (indices, masks) have none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    name: str
    fn: Callable[..., Any]
    inputs: tuple[np.ndarray, ...]
    fixed: tuple[np.ndarray, ...] = ()
    smooth: bool = True
    """Whether central differences tell its slope (no ties, no kinks near the inputs)."""


def reals(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def positive(*shape: int, seed: int = 0) -> np.ndarray:
    return np.abs(reals(*shape, seed=seed)) + 0.3


def chance(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, *shape]).uniform(0.05, 0.95, shape)


def ties(*shape: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 3, shape).astype(float)


A, B = reals(3, 4), reals(3, 4, seed=1)
ROW, COLUMN, SCALAR = reals(4, seed=2), reals(3, 1, seed=2), reals(seed=3)
CUBE = reals(2, 3, 4)
CLASSES = np.array([2, 0, 3])

CASES: list[Case] = []


def case(name: str, fn: Callable[..., Any], *inputs: np.ndarray, **more: Any) -> None:
    CASES.append(Case(name, fn, inputs, **more))


for label, x, y in [
    ("same", A, B),
    ("row", A, ROW),
    ("column", COLUMN, A),
    ("outer", COLUMN, ROW),
    ("scalar", A, SCALAR),
    ("scalars", SCALAR, reals(seed=4)),
    ("cube", CUBE, COLUMN),
    ("ones", reals(1, 1), A),
]:
    case(f"add {label}", lambda m, F, a, b: a + b, x, y)
    case(f"sub {label}", lambda m, F, a, b: a - b, x, y)
    case(f"mul {label}", lambda m, F, a, b: a * b, x, y)
    case(f"div {label}", lambda m, F, a, b: a / b, x, y)
    case(f"maximum {label}", lambda m, F, a, b: m.maximum(a, b), x, y)
    case(f"minimum {label}", lambda m, F, a, b: m.minimum(a, b), x, y)
    case(f"pow {label}", lambda m, F, a, b: a**b, np.abs(x) + 0.3, y)

case("numbers on the right", lambda m, F, a: (a + 2) * 3.5 - 1, A)
case("numbers on the left", lambda m, F, a: 2 - 3.5 / (1 + a**2), A)
case("number to a power", lambda m, F, a: 2.5**a, A)
case("pow of zero", lambda m, F, a: a**0 + a**1 + a**2, np.array([0.0, 1.0, -2.0]))
case("pow 0.5", lambda m, F, a: a**0.5, positive(5))
case("pow -1", lambda m, F, a: a**-1, positive(5))
case("neg", lambda m, F, a: -a, A)
case("maximum ties", lambda m, F, a, b: m.maximum(a, b), ties(3, 4), ties(3, 4), smooth=False)
case("abs", lambda m, F, a: abs(a) + m.abs(a), A)
case("round", lambda m, F, a: a * m.round(4 * a) + (2 * a).round(), A, smooth=False)
case("round halves", lambda m, F, a: a.round(), np.arange(-3.5, 4), smooth=False)
case("exp", lambda m, F, a: m.exp(a), A)
case("log", lambda m, F, a: m.log(a), positive(3, 4))
case("sqrt", lambda m, F, a: a.sqrt(), positive(3, 4))
case("sin cos", lambda m, F, a: m.sin(a) * m.cos(a), A)
case("clamp", lambda m, F, a: m.clamp(a, min=-0.5, max=0.7), A)
case("clamp below", lambda m, F, a: a.clamp(min=0.1), A)
case("where", lambda m, F, a, b, c: m.where(c, a, b), A, B, fixed=(B > 0,))
case("where number", lambda m, F, a, c: m.where(c, a, -1.5), A, fixed=(ROW > 0,))
case("where broadcast", lambda m, F, a, b, c: m.where(c, a, b), COLUMN, ROW, fixed=(A > 0,))
case("where of comparison", lambda m, F, a, b: m.where(a > b, a * b, b), A, B)
case("clone", lambda m, F, a: a.clone() * a, A)
case("detach", lambda m, F, a: a.detach() * a, A, smooth=False)

WIDE = np.concatenate([np.linspace(-40, 40, 9), [-800.0, 800.0]])
for x, label in [(A, "small"), (WIDE, "wide")]:
    kind = label == "small"
    case(f"sigmoid {label}", lambda m, F, a: F.sigmoid(a), x, smooth=kind)
    case(f"tanh {label}", lambda m, F, a: m.tanh(a), x, smooth=kind)
    case(f"relu {label}", lambda m, F, a: F.relu(a), x, smooth=kind)
    case(f"leaky relu {label}", lambda m, F, a: F.leaky_relu(a, 0.2), x, smooth=kind)
    case(f"gelu {label}", lambda m, F, a: F.gelu(a), x, smooth=kind)
    case(f"gelu tanh {label}", lambda m, F, a: F.gelu(a, approximate="tanh"), x, smooth=kind)
    case(f"softmax {label}", lambda m, F, a: F.softmax(a, dim=-1), x, smooth=kind)
    case(f"log_softmax {label}", lambda m, F, a: F.log_softmax(a, dim=-1), x, smooth=kind)

for dim in (0, 1, 2, -1):
    case(f"softmax dim {dim}", lambda m, F, a, d=dim: a.softmax(d), CUBE)
    case(f"log_softmax dim {dim}", lambda m, F, a, d=dim: a.log_softmax(dim=d), CUBE)
for dim in (0, 1, -1):
    case(f"cumsum dim {dim}", lambda m, F, a, d=dim: m.cumsum(a, dim=d), CUBE)
case("cumsum scalar", lambda m, F, a: m.cumsum(a, dim=0), SCALAR)
case("cumsum row", lambda m, F, a: m.cumsum(a, dim=-1), ROW)
case("softmax scalar", lambda m, F, a: F.softmax(a, dim=0), SCALAR)

for dim in (None, 0, -1, 1, (0, 2), (0, 1, 2)):
    for keep in (False, True):
        options = {} if dim is None else {"dim": dim, "keepdim": keep}
        case(f"sum {options}", lambda m, F, a, o=options: a.sum(**o), CUBE)
        case(f"mean {options}", lambda m, F, a, o=options: a.mean(**o), CUBE)
for dim in (0, 1, -1):
    for keep in (False, True):
        o = {"dim": dim, "keepdim": keep}
        for data, label in ((CUBE, "apart"), (ties(2, 3, 4), "tied")):
            s = label == "apart"
            case(f"max {label} {o}", lambda m, F, a, o=o: a.max(**o).values, data, smooth=s)
            case(f"min {label} {o}", lambda m, F, a, o=o: m.min(a, **o)[0], data, smooth=s)
case("max of all", lambda m, F, a: a.max(), CUBE)
case("max of all, tied", lambda m, F, a: a.max() * a, ties(3, 3), smooth=False)
case("min of all, tied", lambda m, F, a: a.min() * a, ties(3, 3), smooth=False)
case("sum of a scalar", lambda m, F, a: a.sum() * a.mean(), SCALAR)

for x, y in [
    ((3,), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (3,)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((5, 1, 2, 3), (2, 3, 4)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (3,)),
    ((1, 2, 3), (5, 3, 1)),
]:
    case(f"matmul {x} {y}", lambda m, F, a, b: a @ b, reals(*x), reals(*y, seed=1))
case("matmul with itself", lambda m, F, a: a @ a.T @ a, A)

for x in ((4,), (5, 4), (2, 3, 4), (1, 4)):
    W, b = reals(3, 4, seed=1), reals(3, seed=2)
    case(f"linear {x}", lambda m, F, x, W, b: F.linear(x, W, b), reals(*x), W, b)
    case(f"linear {x} no bias", lambda m, F, x, W: F.linear(x, W), reals(*x), W)

IMAGES = reals(2, 4, 5, 6)
for o, kernel in [
    ({}, (3, 4, 2, 3)),
    ({"stride": 2, "padding": 1}, (3, 4, 3, 3)),
    ({"stride": (1, 2), "padding": (2, 0), "dilation": (2, 1)}, (3, 4, 3, 2)),
    ({"groups": 2, "padding": 1}, (6, 2, 3, 3)),
    ({"groups": 4}, (4, 1, 2, 2)),
    ({"stride": 3, "dilation": 2}, (2, 4, 2, 2)),
    ({}, (2, 4, 5, 6)),
]:
    W, b = reals(*kernel, seed=1), reals(kernel[0], seed=2)
    case(f"conv2d {kernel} {o}", lambda m, F, x, W, b, o=o: F.conv2d(x, W, b, **o), IMAGES, W, b)
    case(f"conv2d {kernel} {o} no bias", lambda m, F, x, W, o=o: F.conv2d(x, W, **o), IMAGES, W)
for o in (
    {"kernel_size": 2},
    {"kernel_size": (3, 2), "stride": 1},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": (2, 3), "stride": (2, 1), "padding": (1, 0)},
):
    case(f"max pool {o}", lambda m, F, x, o=o: F.max_pool2d(x, **o), IMAGES)
    case(
        f"max pool tied {o}",
        lambda m, F, x, o=o: F.max_pool2d(x, **o),
        ties(2, 1, 5, 6),
        smooth=False,
    )
    case(f"avg pool {o}", lambda m, F, x, o=o: F.avg_pool2d(x, **o), IMAGES)

case("reshape", lambda m, F, a: a.reshape(4, -1) * 2, CUBE)
case("view", lambda m, F, a: a.view(2, 12) * 2, CUBE)
case("reshape same", lambda m, F, a: a.reshape(3, 4), A)
case("flatten", lambda m, F, a: m.flatten(a, 1), CUBE)
case("flatten middle", lambda m, F, a: a.flatten(0, 1), CUBE)
case("flatten scalar", lambda m, F, a: a.flatten(), SCALAR)
case("unsqueeze", lambda m, F, a: a.unsqueeze(0).unsqueeze(-1), A)
case("squeeze", lambda m, F, a: a.squeeze() + a.squeeze(1).sum(), COLUMN)
case("squeeze kept", lambda m, F, a: a.squeeze(0), A)
case("transpose", lambda m, F, a: a.transpose(0, 2) * 2, CUBE)
case("transpose negative", lambda m, F, a: m.transpose(a, -1, -2), CUBE)
case("T", lambda m, F, a: a.T @ a, A)
case("t", lambda m, F, a: a.t(), A)
case("permute", lambda m, F, a: a.permute(2, 0, 1), CUBE)
case("permute negative", lambda m, F, a: m.permute(a, (-1, 0, 1)), CUBE)
case("expand", lambda m, F, a: a.expand(3, 5) * 2, COLUMN)
case("expand keeps", lambda m, F, a: a.expand(2, -1, 5), COLUMN)
case("cat", lambda m, F, a, b: m.cat([a, b, a], dim=1), A, reals(3, 2))
case("cat negative", lambda m, F, a, b: m.cat((a, b), dim=-1), A, B)
case("stack", lambda m, F, a, b: m.stack([a, b, a], dim=1), A, B)
case("stack last", lambda m, F, a, b: m.stack([a, b], dim=-1), A, B)
case("stack scalars", lambda m, F, a: m.stack([a, a * 2]), SCALAR)

case("index int", lambda m, F, a: a[1] * a[-1], CUBE)
case("index ints", lambda m, F, a: a[1, 2, 3] * a[0, -1, 0], CUBE)
case("index slices", lambda m, F, a: a[:, 1:, ::2], CUBE)
case("index mixed", lambda m, F, a: a[0, :, None, 1:3], CUBE)
case("index ellipsis", lambda m, F, a: a[..., 1] + a[1, ..., 0].sum(), CUBE)
case("index ellipsis, none left", lambda m, F, a: a[0, ..., 1, 2], CUBE)
case("index list", lambda m, F, a: a[[2, 0, 2]], A)
case("index tensor", lambda m, F, a, i: a[i], A, fixed=(np.array([[0, 2], [2, 2]]),))
case("index pairs", lambda m, F, a, i: a[m.arange(3), i], A, fixed=(CLASSES,))
case("index column", lambda m, F, a, i: a[:, i], A, fixed=(CLASSES,))
case("index mask", lambda m, F, a, c: a[c], A, fixed=(A > 0,))
case("index row mask", lambda m, F, a, c: a[c], A, fixed=(np.array([True, False, True]),))
case("iterate", lambda m, F, a: m.stack([row * row for row in a]), A)

GAIN, SHIFT = reals(4, seed=5), reals(4, seed=6)
case("layer norm", lambda m, F, a, w, b: F.layer_norm(a, (4,), w, b), A, GAIN, SHIFT)
case("layer norm, no bias", lambda m, F, a, w: F.layer_norm(a, (4,), w), A, GAIN)
case("layer norm, bare", lambda m, F, a: F.layer_norm(a, (4,), eps=0.1), A)
case("layer norm cube", lambda m, F, a, w, b: F.layer_norm(a, (4,), w, b), CUBE, GAIN, SHIFT)
case(
    "layer norm, two axes",
    lambda m, F, a, w, b: F.layer_norm(a, (3, 4), w, b),
    CUBE,
    reals(3, 4, seed=5),
    reals(3, 4, seed=6),
)
for label, x, w, b in [
    ("matrix", A, GAIN, SHIFT),
    ("two rows", reals(2, 4), GAIN, SHIFT),
    ("cube", CUBE, reals(3, seed=5), reals(3, seed=6)),
]:
    case(
        f"batch norm {label}",
        lambda m, F, a, w, b: F.batch_norm(a, None, None, w, b, training=True),
        x,
        w,
        b,
    )
    case(
        f"batch norm in use {label}",
        lambda m, F, a, w, b, mean, var: F.batch_norm(a, mean, var, w, b, eps=0.01),
        x,
        w,
        b,
        fixed=(reals(len(w), seed=7), positive(len(w), seed=8)),
    )
case(
    "batch norm in use, bare",
    lambda m, F, a, mean, var: F.batch_norm(a, mean, var),
    A,
    fixed=(reals(4, seed=7), positive(4, seed=8)),
)
case("layer norm, no weight", lambda m, F, a, b: F.layer_norm(a, (4,), None, b), A, SHIFT)
case("batch norm, bare", lambda m, F, a: F.batch_norm(a, None, None, training=True), A)

EMBEDDED = np.array([[0, 2, 2], [1, 0, 2]])
case("embedding", lambda m, F, W, i: F.embedding(i, W), reals(4, 3), fixed=(EMBEDDED,))
case("embedding one", lambda m, F, W, i: F.embedding(i, W), reals(4, 3), fixed=(np.array(1),))

LABELS = (B > 0).astype(float)
for r in ("mean", "sum", "none"):
    case(f"mse {r}", lambda m, F, a, b, r=r: F.mse_loss(a, b, reduction=r), A, B)
    case(f"l1 {r}", lambda m, F, a, b, r=r: F.l1_loss(a, b, reduction=r), A, B)
    case(
        f"bce {r}",
        lambda m, F, p, t, r=r: F.binary_cross_entropy(p, t, reduction=r),
        chance(3, 4),
        fixed=(LABELS,),
    )
    case(
        f"bce logits {r}",
        lambda m, F, z, t, r=r: F.binary_cross_entropy_with_logits(z, t, reduction=r),
        A * 3,
        fixed=(LABELS,),
    )
    case(
        f"cross entropy {r}",
        lambda m, F, z, t, r=r: F.cross_entropy(z, t, reduction=r),
        A,
        fixed=(CLASSES,),
    )
    case(
        f"cross entropy ignoring {r}",
        lambda m, F, z, t, r=r: F.cross_entropy(z, t, reduction=r, ignore_index=3),
        A,
        fixed=(CLASSES,),
    )
    case(
        f"cross entropy, more axes {r}",
        lambda m, F, z, t, r=r: F.cross_entropy(z, t, reduction=r),
        CUBE,
        fixed=(np.array([[0, 1, 2, 0], [2, 2, 1, -100]]),),
    )
    case(
        f"cross entropy, probabilities {r}",
        lambda m, F, z, t, r=r: F.cross_entropy(z, F.softmax(t, dim=1), reduction=r),
        A,
        B,
    )
case(
    "cross entropy, one example",
    lambda m, F, z, t: F.cross_entropy(z, t),
    ROW,
    fixed=(np.array(2),),
)
case(
    "cross entropy, far apart",
    lambda m, F, z, t: F.cross_entropy(z, t),
    A * 500,
    fixed=(CLASSES,),
    smooth=False,
)
case(
    "bce certain",
    lambda m, F, p, t: F.binary_cross_entropy(p, t),
    np.array([0.0, 1.0, 0.0, 1.0, 0.5]),
    fixed=(np.array([0.0, 1.0, 1.0, 0.0, 1.0]),),
    smooth=False,
)
case(
    "bce logits far apart",
    lambda m, F, z, t: F.binary_cross_entropy_with_logits(z, t),
    WIDE,
    fixed=((np.arange(11) % 2).astype(float),),
    smooth=False,
)
case("bce targets", lambda m, F, p, t: F.binary_cross_entropy(p, t), chance(4), chance(4, seed=1))
case(
    "bce logits targets",
    lambda m, F, z, t: F.binary_cross_entropy_with_logits(z, t),
    ROW,
    chance(4),
)

case("fork", lambda m, F, a: m.sin(a) * a + a * a, A)
case("diamond", lambda m, F, a, b: (a * b) * (a + b) + (a - b), A, ROW)
case("same twice", lambda m, F, a: a + a, A)
case(
    "network",
    lambda m, F, x, W, b, V: F.mse_loss(m.tanh(F.linear(x, W, b)) @ V, x[:, :1]),
    reals(5, 2),
    reals(3, 2),
    reals(3),
    reals(3, 1),
)
case(
    "attention",
    lambda m, F, q, k, v, c: (
        F.softmax(m.where(c, q @ k.transpose(-1, -2) / 2.0, -np.inf), dim=-1) @ v
    ),
    reals(2, 3, 4),
    reals(2, 3, 4, seed=1),
    reals(2, 3, 2, seed=2),
    fixed=(np.tril(np.ones((3, 3))) > 0,),
)

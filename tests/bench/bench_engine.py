"""How fast the engine is: forward and backward of a 2-16-16-1 tanh network with MSE on 100 points.

Recorded, with every value kept, against the same written by hand in NumPy (float64), against
PyTorch (eager, one thread) and against micrograd. Interleaved rounds in one run; medians.

    python -m tests.bench.bench_engine [--rounds 200] [--no-micrograd]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import math
import statistics
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

import tuiexplain.engine.functional as F
from tuiexplain.engine import nn, tensor
from tuiexplain.trace import record

POINTS, SIZES = 100, (2, 16, 16, 1)
LIMITS = {"NumPy by hand": 2.2, "PyTorch eager": 0.5, "micrograd": 1 / 15_000}


def numbers() -> tuple[np.ndarray, np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Inputs, targets, weights and biases, the same for everybody."""
    chance = np.random.default_rng(0)
    x, t = chance.normal(size=(POINTS, SIZES[0])), chance.normal(size=(POINTS, SIZES[-1]))
    pairs = list(zip(SIZES[1:], SIZES[:-1], strict=True))
    return (
        x,
        t,
        [chance.normal(size=p) / p[1] ** 0.5 for p in pairs],
        [chance.normal(size=p[0]) * 0.1 for p in pairs],
    )


def network(nn: Any, F: Any, array: Any) -> Any:
    """The same network in either library."""
    _, _, weights, biases = numbers()

    class Net(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.fc1 = nn.Linear(SIZES[0], SIZES[1])
            self.fc2 = nn.Linear(SIZES[1], SIZES[2])
            self.fc3 = nn.Linear(SIZES[2], SIZES[3])

        def forward(self, x: Any) -> Any:
            z1 = self.fc1(x)
            h1 = F.tanh(z1)
            z2 = self.fc2(h1)
            h2 = F.tanh(z2)
            return self.fc3(h2)

    net = Net()
    for layer, W, b in zip((net.fc1, net.fc2, net.fc3), weights, biases, strict=True):
        layer.load_state_dict({"weight": array(W), "bias": array(b)})
    return net


def the_engine() -> Callable[[], float]:
    x, t, _, _ = numbers()
    net, inputs, targets = network(nn, F, np.array), tensor(x), tensor(t)
    parameters = list(net.parameters())

    def step() -> float:
        for p in parameters:
            p.grad = None
        with record():
            loss = F.mse_loss(net(inputs), targets)
            loss.backward()
        return float(loss.item())

    return step


def by_hand() -> Callable[[], float]:
    x, t, (W1, W2, W3), (b1, b2, b3) = numbers()

    def step() -> float:
        z1 = x @ W1.T + b1
        h1 = np.tanh(z1)
        z2 = h1 @ W2.T + b2
        h2 = np.tanh(z2)
        y = h2 @ W3.T + b3
        d = y - t
        loss = np.mean(d**2)
        dy = 2 * d / d.size
        dW3, db3 = dy.T @ h2, dy.sum(axis=0)
        dz2 = dy @ W3 * (1 - h2**2)
        dW2, db2 = dz2.T @ h1, dz2.sum(axis=0)
        dz1 = dz2 @ W2 * (1 - h1**2)
        dW1, db1 = dz1.T @ x, dz1.sum(axis=0)
        assert dW1 is not None and dW2 is not None and dW3 is not None  # noqa: PT018
        assert db1 is not None and db2 is not None and db3 is not None  # noqa: PT018
        return float(loss)

    return step


def pytorch() -> Callable[[], float]:
    import torch

    torch.set_num_threads(1)
    x, t, _, _ = numbers()
    torch.set_default_dtype(torch.float64)
    net = network(torch.nn, torch.nn.functional, torch.tensor)
    inputs, targets = torch.tensor(x), torch.tensor(t)
    parameters = list(net.parameters())

    def step() -> float:
        for p in parameters:
            p.grad = None
        loss = torch.nn.functional.mse_loss(net(inputs), targets)
        loss.backward()
        return loss.item()

    return step


def micrograd() -> Callable[[], float]:
    """The same, number by number; micrograd has no tanh, so it gets one of a single node."""
    from micrograd.engine import Value

    x, t, weights, biases = numbers()
    layers = [
        ([[Value(w) for w in row] for row in W], [Value(c) for c in b])
        for W, b in zip(weights, biases, strict=True)
    ]

    def tanh(v: Any) -> Any:
        y = math.tanh(v.data)
        out = Value(y, (v,), "tanh")

        def back() -> None:
            v.grad += (1 - y * y) * out.grad

        out._backward = back
        return out

    def step() -> float:
        for W, b in layers:
            for v in [*(w for row in W for w in row), *b]:
                v.grad = 0.0
        total = Value(0.0)
        for row, target in zip(x.tolist(), t.tolist(), strict=True):
            h: list[Any] = [Value(a) for a in row]
            for number, (W, b) in enumerate(layers):
                h = [
                    sum((w * a for w, a in zip(ws, h, strict=True)), c)
                    for ws, c in zip(W, b, strict=True)
                ]
                if number < len(layers) - 1:
                    h = [tanh(v) for v in h]
            total = total + (h[0] - target[0]) ** 2
        loss = total * (1 / POINTS)
        sys.setrecursionlimit(100_000)
        loss.backward()
        return float(loss.data)

    return step


def measure(step: Callable[[], float], times: int) -> float:
    """Seconds for one step."""
    start = perf_counter()
    for _ in range(times):
        step()
    return (perf_counter() - start) / times


def run(rounds: int, with_micrograd: bool) -> dict[str, float]:
    """The engine's time divided by each of the others': the median of the ratios of the rounds.

    Rounds are short (some milliseconds), so that a change of the machine's pace meets all alike.
    """
    others = {"NumPy by hand": (by_hand(), 50), "PyTorch eager": (pytorch(), 25)}
    engine = the_engine()
    for name, (step, _) in others.items():
        assert abs(step() - engine()) < 1e-12, f"{name} computes something else"
    ratios: dict[str, list[float]] = {name: [] for name in others}
    paces: list[float] = []
    for _ in range(rounds):
        for name, (step, number) in others.items():
            mine = measure(engine, 25)
            ratios[name].append(mine / measure(step, number))
            paces.append(mine)
    if with_micrograd:
        step = micrograd()
        assert abs(step() - engine()) < 1e-12, "micrograd computes something else"
        ratios["micrograd"] = [measure(engine, 200) / measure(step, 1) for _ in range(3)]
    print(f"one step: {statistics.median(paces) * 1e6:.1f} µs")
    return {name: statistics.median(found) for name, found in ratios.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--no-micrograd", action="store_true")
    options = parser.parse_args()
    ratios = run(options.rounds, not options.no_micrograd)
    missed = 0
    for name, ratio in ratios.items():
        limit = LIMITS[name]
        shown, most = (
            (f"1/{1 / ratio:,.0f}", f"1/{1 / limit:,.0f}")
            if ratio < 0.01
            else (f"{ratio:.2f}x", f"{limit:.1f}x")
        )
        missed += ratio > limit
        verdict = "" if ratio <= limit else "  MISSED"
        print(f"recorded, against {name:16}{shown:>10}   (reach: ≤ {most}){verdict}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())

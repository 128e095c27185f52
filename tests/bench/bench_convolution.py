"""The recorded network of lesson 14, a training step on 32 digits, against PyTorch.

Forward, loss and backward with every value kept, against PyTorch (eager, float64, one thread) with
the same weights. Interleaved rounds in one run; medians, and the gradients held against each other.

    python -m tests.bench.bench_convolution [--rounds 200]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import statistics
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import torch

import tuiexplain.engine.functional as F
from tuiexplain.engine import nn, tensor
from tuiexplain.trace import record

EXAMPLES, LIMIT = 32, 1.5
Step = Callable[[], list[np.ndarray]]


def network(nn: Any, F: Any) -> Any:
    """conv4, pool, conv8, pool, 10: the same in either library."""

    class Net(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
            self.conv2 = nn.Conv2d(4, 8, 3, padding=1)
            self.fc = nn.Linear(32, 10)

        def forward(self, x: Any) -> Any:
            h1 = F.relu(self.conv1(x))
            p1 = F.max_pool2d(h1, 2)
            h2 = F.relu(self.conv2(p1))
            p2 = F.max_pool2d(h2, 2)
            return self.fc(p2.flatten(1))

    return Net()


def steps() -> tuple[Step, Step]:
    """The engine's step and PyTorch's."""
    chance = np.random.default_rng(0)
    x, t = chance.random((EXAMPLES, 1, 8, 8)), chance.integers(0, 10, EXAMPLES)
    ours, theirs = network(nn, F), network(torch.nn, torch.nn.functional).double()
    theirs.load_state_dict({name: torch.tensor(array) for name, array in ours.state_dict().items()})
    inputs, targets = tensor(x), tensor(t)
    torch_inputs, torch_targets = torch.tensor(x), torch.tensor(t)

    def engine_step() -> list[np.ndarray]:
        for p in ours.parameters():
            p.grad = None
        with record():
            F.cross_entropy(ours(inputs), targets).backward()
        return [p.grad.data for p in ours.parameters() if p.grad is not None]

    def torch_step() -> list[np.ndarray]:
        for p in theirs.parameters():
            p.grad = None
        torch.nn.functional.cross_entropy(theirs(torch_inputs), torch_targets).backward()
        return [p.grad.numpy() for p in theirs.parameters()]

    return engine_step, torch_step


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    ours, theirs = steps()
    for a, b in zip(ours(), theirs(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
    times: dict[Step, list[float]] = {ours: [], theirs: []}
    for _ in range(rounds):
        for step, taken in times.items():
            start = perf_counter()
            step()
            taken.append(perf_counter() - start)
    engine, eager = (1e3 * statistics.median(taken) for taken in times.values())
    ratio = engine / eager
    print(
        f"recorded {engine:.2f} ms, PyTorch eager {eager:.2f} ms: {ratio:.2f}x (at most {LIMIT}x)"
    )
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())

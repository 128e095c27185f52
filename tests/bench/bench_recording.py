"""What it costs to record a training step of PyTorch, values by reference, against the bare step.

Two networks, each with AdamW: a perceptron of 337 parameters (2-16-16-1, 100 points), where the
recorder's own work is nearly all there is, and a GPT of 10.7 million (6 layers, 6 heads, 384).
Interleaved rounds in one run, on one thread; medians.

    python -m tests.bench.bench_recording [--rounds 200] [--gpt-rounds 7] [--torchlens]
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tuiexplain.lab.recording.recorder import record_torch

LIMITS = {"perceptron, 337": 3.0, "GPT, 10.7 M": 1.15}

Step = Callable[[], object]


def perceptron() -> tuple[nn.Module, Callable[[], Tensor]]:
    net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))
    x, t = torch.randn(100, 2), torch.randn(100, 1)
    return net, lambda: F.mse_loss(net(x), t)


class Block(nn.Module):
    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.ln1, self.ln2 = nn.LayerNorm(size, bias=False), nn.LayerNorm(size, bias=False)
        self.qkv = nn.Linear(size, 3 * size, bias=False)
        self.proj = nn.Linear(size, size, bias=False)
        self.up = nn.Linear(size, 4 * size, bias=False)
        self.down = nn.Linear(4 * size, size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        batch, time, size = x.shape
        q, k, v = (
            part.view(batch, time, self.heads, -1).transpose(1, 2)
            for part in self.qkv(self.ln1(x)).split(size, dim=2)
        )
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(batch, time, size))
        return x + self.down(F.gelu(self.up(self.ln2(x))))


class GPT(nn.Module):
    def __init__(self, time: int, layers: int = 6, heads: int = 6, size: int = 384) -> None:
        super().__init__()
        self.tokens, self.positions = nn.Embedding(65, size), nn.Embedding(time, size)
        self.blocks = nn.ModuleList(Block(size, heads) for _ in range(layers))
        self.ln = nn.LayerNorm(size, bias=False)
        self.head = nn.Linear(size, 65, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, idx: Tensor, targets: Tensor) -> Tensor:
        x = self.tokens(idx) + self.positions(torch.arange(idx.shape[1]))
        for block in self.blocks:
            x = block(x)
        logits = self.head(self.ln(x))
        return F.cross_entropy(logits.view(-1, 65), targets.view(-1))


def gpt(batch: int, time: int) -> tuple[nn.Module, Callable[[], Tensor]]:
    net = GPT(time)
    tokens = torch.randint(0, 65, (batch, time + 1))
    idx, targets = tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()
    return net, lambda: net(idx, targets)


def steps(net: nn.Module, loss_of: Callable[[], Tensor]) -> tuple[Step, Step]:
    """The bare step and the recorded one; both train the same network on."""
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-4)

    def bare() -> None:
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()

    def recorded() -> None:
        with record_torch(net, optimizer):
            bare()

    return bare, recorded


def by_torchlens(net: nn.Module, loss_of: Callable[[], Tensor]) -> Step:
    """The forward pass alone as torchlens records it, values by reference."""
    import torchlens

    class Whole(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, _: Tensor) -> Tensor:
            return loss_of()

    whole = Whole()
    return lambda: torchlens.trace(whole, torch.zeros(1), save_mode="reference")


def medians(step_of: dict[str, Step], rounds: int) -> dict[str, float]:
    for step in step_of.values():
        for _ in range(3):
            step()
    taken: dict[str, list[float]] = {name: [] for name in step_of}
    for _ in range(rounds):
        for name, step in step_of.items():
            start = perf_counter()
            step()
            taken[name].append(perf_counter() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--gpt-rounds", type=int, default=7)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--time", type=int, default=256)
    parser.add_argument("--torchlens", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    missed = False
    networks: dict[str, tuple[Any, int]] = {
        "perceptron, 337": (perceptron, options.rounds),
        "GPT, 10.7 M": (lambda: gpt(options.batch, options.time), options.gpt_rounds),
    }
    for name, (make, rounds) in networks.items():
        if not rounds:
            continue
        net, loss_of = make()
        bare, recorded = steps(net, loss_of)
        step_of = {"bare": bare, "recorded": recorded}
        if options.torchlens:
            step_of["torchlens"] = by_torchlens(net, loss_of)
        found = medians(step_of, rounds)
        ratio = found["recorded"] / found["bare"]
        line = f"{name}: bare {found['bare'] * 1e3:.2f} ms, recorded {ratio:.2f}x"
        line += f" (reach {LIMITS[name]}x)"
        if "torchlens" in found:
            line += f", torchlens, forward alone, {found['torchlens'] / found['bare']:.1f}x"
        print(line)
        missed |= ratio > LIMITS[name]
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())

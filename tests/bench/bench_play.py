"""The playground's training, looking back and its memory.

Training steps a second of 2-8-8-1 (tanh) on 500 points, batch 30, SGD, against TensorFlow
Playground's loop on Node (``playground_loop.js``) and PyTorch eager, all three on one thread of one
machine, in turns; the medians of the turns. It is the processor's time that counts, which other
programs do not take away. Then any of 100,000 steps gone to.

    python -m tests.bench.bench_play [--turns 5] [--seconds 1]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from tuiexplain.play.code import TORCH, program
from tuiexplain.play.dataset import Dataset
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.generated import generate
from tuiexplain.play.play import Play
from tuiexplain.play.swift import Swift

DESIGN = Design(layers=(Layer(8), Layer(8)), batch=30, examples=500)
LOOP = Path(__file__).with_name("playground_loop.js")
LONG = 100_000
LIMITS = {"node": 3.0, "torch": 3.0, "scrub": 0.1, "memory": 100 * 1024 * 1024}


def everything_learnt() -> Dataset:
    """500 points, all of which are learnt from."""
    found = generate(DESIGN)
    return found._replace(train=np.arange(500), test=np.arange(0))


def ours(seconds: float) -> float:
    """Steps a second of a run as the screen trains it: states are kept, losses too."""
    play = Play(DESIGN, everything_learnt())
    play.run.extend_to(2_000)
    start, before = process_time(), play.length
    while process_time() < start + seconds:
        play.train_for(0.05)
    return (play.length - before) / (process_time() - start)


def first_epoch(play: Play) -> float:
    """Our loss after the full batches of an epoch in the order of the rows, as Node takes them."""
    program = play.program
    examples = program.swift.examples._replace(order=lambda _: np.arange(500))
    swift = Swift(DESIGN, program.shape, program.plan, examples, None)
    swift.restore(play.numbers(0))
    swift.steps(0, 500 // DESIGN.batch)
    return program.measure("train_loss", swift.state())


def node(seconds: float) -> float:
    """Steps a second of TensorFlow Playground's loop, from the same weights on the same points."""
    play, data = Play(DESIGN, everything_learnt()), everything_learnt()
    numbers = play.numbers(0)
    weights = [
        np.column_stack([numbers[f"W{at}"], numbers[f"b{at}"]]).tolist()
        for at in range(1, play.shape.depth + 1)
    ]
    points = np.column_stack([data.inputs, np.where(data.targets == 1, 1.0, -1.0)]).tolist()
    given = {"shape": play.shape.widths, "batch": DESIGN.batch, "rate": DESIGN.lr}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.json"
        file.write_text(json.dumps({**given, "points": points, "weights": weights}))
        done = subprocess.run(
            ["node", str(LOOP), str(file), str(seconds)], capture_output=True, text=True, check=True
        )
    found = json.loads(done.stdout)
    assert abs(found["first"] - first_epoch(play)) < 1e-12, "the two do not train alike"
    return float(found["steps"] / found["seconds"])


def torch(seconds: float) -> float:
    """Steps a second of the same program in PyTorch, float64, eager."""
    import torch

    torch.set_num_threads(1)
    play = Play(DESIGN, everything_learnt())
    names: dict[str, Callable[..., object]] = {}
    exec(program(DESIGN, play.shape, TORCH), names)
    net = names["Net"]().double()  # type: ignore[attr-defined]
    optimizer = names["make_optimizer"](net)
    x, t = torch.tensor(play.program.inputs), torch.tensor(play.program.wanted)
    step, taken, start = names["train_step"], 0, 0.0
    warm = 200
    while not start or process_time() < start + seconds:
        for rows in torch.randperm(500).split(DESIGN.batch):
            step(net, optimizer, x[rows], t[rows])
            taken += 1
        if not start and taken > warm:
            start, taken = process_time(), 0
    return taken / (process_time() - start)


def looking_back() -> tuple[float, float, int]:
    """The slowest and the median time to go to a step of a long run, in seconds; its bytes."""
    tracemalloc.start()
    play = Play(DESIGN, everything_learnt())
    play.run.extend_to(LONG)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    times = []
    for step in np.random.default_rng(0).integers(0, LONG, 200):
        start = perf_counter()
        numbers = play.numbers(int(step))
        play.gradients(int(step))
        play.ask(numbers, play.program.inputs)
        found = play.trace_at(int(step)).values
        assert found
        times.append(perf_counter() - start)
    return max(times), statistics.median(times), taken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    given = parser.parse_args()
    rivals = {"torch": torch}
    if shutil.which("node"):
        rivals["node"] = node
    else:
        print("node is not here: TensorFlow Playground's loop is left out")
    rates: dict[str, list[float]] = {"ours": [], **{name: [] for name in rivals}}
    for _ in range(given.turns):
        rates["ours"].append(ours(given.seconds))
        for name, rival in rivals.items():
            rates[name].append(rival(given.seconds))
    missed = False
    for name, found in rates.items():
        median = statistics.median(found)
        print(f"{name:6} {median:9.0f} steps a second, {1e6 / median:6.1f} µs a step", end="")
        if name in LIMITS:
            ratios = [a / b for a, b in zip(rates["ours"], found, strict=True)]
            ratio = statistics.median(ratios)
            missed |= ratio < LIMITS[name]
            print(f"; ours {ratio:.2f}x of it (at least {LIMITS[name]:g}x)", end="")
        print()
    worst, median, taken = looking_back()
    missed |= worst > LIMITS["scrub"] or taken > LIMITS["memory"]
    print(f"any of {LONG:,} steps: {median * 1e3:.1f} ms, {worst * 1e3:.1f} ms at the most")
    print(f"the run takes {taken / 1e6:.1f} MB")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())

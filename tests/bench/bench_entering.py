"""A step of a GPT-2 of 124 million parameters, opened and walked through: key to paint, memory.

The weights are random, 128 tokens a step. The interface runs in this process, without a terminal;
the network in its own. Needs 8 GB of memory and 2 GB of disk for some minutes.

    python -m tests.bench.bench_entering [--events 1000] [--size 120x40] [--layers 12]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tests.lab.opened import at_a_step, paused
from tuiexplain.lab.data.gpt2_tokens import byte_signs
from tuiexplain.lab.gpt2_folder import settings_of
from tuiexplain.lab.presets import preset
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.worker import Worker

REACH_MS, REACH_MB = 50, 120
VOCABULARY, WIDTH, HEADS = 50257, 768, 12

WEIGHTS = """
import sys
import numpy as np
from safetensors.numpy import save_file
layers, vocabulary, width = map(int, sys.argv[2:5])
draw = np.random.default_rng(0)
normal = lambda *shape: draw.standard_normal(shape, dtype=np.float32) * np.float32(0.02)
tensors = {"wte.weight": normal(vocabulary, width), "wpe.weight": normal(1024, width)}
for n in range(layers):
    for name, rows, columns in (("attn.c_attn", 1, 3), ("attn.c_proj", 1, 1),
                                ("mlp.c_fc", 1, 4), ("mlp.c_proj", 4, 1)):
        tensors[f"h.{n}.{name}.weight"] = normal(rows * width, columns * width)
        tensors[f"h.{n}.{name}.bias"] = np.zeros(columns * width, np.float32)
for name in [f"h.{n}.ln_{i}" for n in range(layers) for i in (1, 2)] + ["ln_f"]:
    tensors[f"{name}.weight"] = np.ones(width, np.float32)
    tensors[f"{name}.bias"] = np.zeros(width, np.float32)
save_file(tensors, sys.argv[1])
"""


def shaped(folder: Path, layers: int) -> Settings:
    """GPT-2's shape in the Hugging Face layout, with random weights and tokens of a byte each."""
    folder.mkdir()
    config = {
        "model_type": "gpt2",
        "n_layer": layers,
        "n_head": HEADS,
        "n_embd": WIDTH,
        "n_positions": 1024,
        "vocab_size": VOCABULARY,
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    numbers = {sign: number for number, sign in enumerate(byte_signs())}
    (folder / "vocab.json").write_text(json.dumps(numbers))
    shape = [str(n) for n in (layers, VOCABULARY, WIDTH)]
    file = str(folder / "model.safetensors")
    subprocess.run([sys.executable, "-c", WEIGHTS, file, *shape], check=True)
    asked = settings_of(folder, preset("gpt", "tiny"))
    return asked.changed(device="cpu", context=64, batch=2, eval_batches=1, threads=2)


def memory(pid: int | str = "self") -> float:
    """Of a process, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def walk(
    settings: Settings, folder: Path, events: int, size: tuple[int, int]
) -> tuple[float, float]:
    """Milliseconds from a key to the end of painting (median), and the interface's peak in MB."""
    with Worker(settings, folder / "run", paused=True, nice=5) as worker:
        paused(worker)
        began = perf_counter()
        async with at_a_step(folder / "lesson", worker, size) as learner:
            trace = learner.bench.trace
            print(
                f"  {len(trace.events):,} events, {len(trace.values):,} values: opened and painted "
                f"in {perf_counter() - began:.1f} s; the process of the network has "
                f"{memory(worker.process.pid):,.0f} MB"
            )
            taken, peak, slowest = [], memory(), ("", 0.0)
            for _ in range(min(events, len(trace.events))):
                start = perf_counter()
                await learner.press("n")
                taken.append(1000 * (perf_counter() - start))
                peak = max(peak, memory())
                event = learner.bench.player.event
                if event is not None and taken[-1] > slowest[1]:
                    slowest = (event.op, taken[-1])
            ordered = sorted(taken)
            print(
                f"  {len(taken):,} events, key to paint: median {statistics.median(taken):.1f} ms, "
                f"95 of 100 within {ordered[int(0.95 * len(ordered))]:.0f} ms, slowest "
                f"{slowest[1]:.0f} ms ({slowest[0]})"
            )
            return statistics.median(taken), peak


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--size", default="120x40")
    parser.add_argument("--layers", type=int, default=12)
    options = parser.parse_args()
    width, _, height = options.size.partition("x")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["TUIEXPLAIN_HOME"] = str(folder / "home")
        os.environ.setdefault("TERM", "xterm-256color")
        print(f"GPT-2's shape with {options.layers} layers, at {options.size}")
        settings = shaped(folder / "gpt2", options.layers)
        size = (int(width), int(height))
        milliseconds, megabytes = asyncio.run(walk(settings, folder, options.events, size))
    assert "torch" not in sys.modules
    print(f"  key to paint {milliseconds:.1f} ms (reach: <= {REACH_MS}), "
          f"interface {megabytes:.0f} MB (reach: <= {REACH_MB})")  # fmt: skip
    return 0 if milliseconds <= REACH_MS and megabytes <= REACH_MB else 1


if __name__ == "__main__":
    sys.exit(main())

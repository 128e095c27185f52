"""How fast lesson 21's block is: a recorded training step against PyTorch, eager, one thread.

The lesson's own program and its own twin, whole steps with the optimiser. Interleaved rounds in
one run; medians.

    python -m tests.bench.bench_block [--rounds 200]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import importlib.util
import statistics
import sys
from itertools import repeat
from time import perf_counter
from typing import Any

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.loading import open_folder
from tuiexplain.trace import record

LIMIT = 1.0
FOLDER = lessons_root() / "21-transformer-block"


def twin(part: Any, program: Any) -> Any:
    """The steps of the lesson's twin, one after the other."""
    import torch

    torch.set_num_threads(1)
    spec = importlib.util.spec_from_file_location("twin", FOLDER / "torch_twin.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    start = {name: torch.tensor(array) for name, array in program.state().items()}
    batch = {name: torch.tensor(array) for name, array in program.batch(0).items()}
    return module.block(part.settings(), start, repeat(batch))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    part = open_folder(FOLDER).part("block")
    program = part.run(part.settings()).program
    theirs = twin(part, program)
    times: dict[str, list[float]] = {"recorded": [], "PyTorch eager": []}
    for index in range(rounds):
        began = perf_counter()
        with record():
            program.step(index)
        between = perf_counter()
        next(theirs)
        times["recorded"].append(between - began)
        times["PyTorch eager"].append(perf_counter() - between)
    ours, torchs = (statistics.median(found) for found in times.values())
    print(
        f"recorded {ours * 1e3:.3f} ms, PyTorch eager {torchs * 1e3:.3f} ms: {ours / torchs:.2f}x"
    )
    return int(ours / torchs > LIMIT)


if __name__ == "__main__":
    sys.exit(main())

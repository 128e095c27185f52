"""Lesson 25's fine-tuning as the lesson does it: held-out tasks answered before and after, and when.

    python -m tests.bench.bench_tuning [--threads 2]

Takes some two minutes on two cores that have nothing else to do.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tuiexplain.course.lab_rest import LabRest
from tuiexplain.course.loading import open_lesson
from tuiexplain.lab.protocol import Evaluated, Failed, Paused
from tuiexplain.lab.worker import Worker

BEFORE, AFTER, SECONDS = 0.05, 0.80, 120.0


def main() -> int:
    """Print every evaluation; 1 if the figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    threads = parser.parse_args().threads
    settings = LabRest(open_lesson("fine-tuning").part("tune")).lab.settings
    told: list[Evaluated] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Worker(settings.changed(device="cpu", threads=threads), Path(folder) / "run") as worker,
    ):
        for message in worker.messages():
            if isinstance(message, Evaluated):
                told.append(message)
                print(
                    f"step {message.step:>5}  {message.seconds:6.1f} s  solved {message.solved:.1%}"
                    f"  loss on the plays {message.base_loss:.2f}",
                    flush=True,
                )
            elif isinstance(message, Failed):
                print(message.sentence)
                return 1
            elif isinstance(message, Paused) and message.done:
                break
    reached = next((e.seconds for e in told if (e.solved or 0) >= AFTER), None)
    print(
        f"{AFTER:.0%} after {reached and round(reached, 1)} s; all of it {told[-1].seconds:.1f} s"
    )
    before = told[0].solved or 0.0
    return int(not (before <= BEFORE and reached is not None and reached <= SECONDS))


if __name__ == "__main__":
    sys.exit(main())

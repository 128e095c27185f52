"""What measures cost while training is watched: their share of the time, frames of an eighth of a
second, as many steps measured as the curve shows.

    python -m tests.bench.bench_measures [--seconds 5]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded

import argparse
import sys
from time import perf_counter

from tuiexplain.course.loading import open_lesson
from tuiexplain.screens.lesson.curves import MOST_MEASURED
from tuiexplain.screens.lesson.training import FASTEST

LIMIT = 0.10
"""Share of the time that measures may take."""


def share(lesson: str, part: str, seconds: float) -> tuple[float, int]:
    """Of the time, what goes into measures; and how many training steps there were."""
    run = open_lesson(lesson).part(part).run()
    spent, begun = 0.0, perf_counter()
    while perf_counter() < begun + seconds:
        run.train_for(FASTEST)
        last = run.length - 1
        run.trace_at(last)
        start = perf_counter()
        for name in run.measures:
            for step in {*run.steps_to_measure(run.length, MOST_MEASURED), last}:
                run.measured(name, step)
        spent += perf_counter() - start
    return spent / (perf_counter() - begun), run.length


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    seconds = parser.parse_args().seconds
    worst = 0.0
    for lesson, part in (("overfitting", "sine"), ("overfitting", "wide")):
        found, steps = share(lesson, part, seconds)
        print(f"{lesson:12} {part:6} {steps:7} steps, measures {found:.2%} of the time")
        worst = max(worst, found)
    return worst > LIMIT


if __name__ == "__main__":
    sys.exit(main())

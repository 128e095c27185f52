"""Bytes of a step and time from the key to the last byte, in each of lessons 14 to 22.

The real application in a pseudo-terminal, 256 colours as over SSH; through the first part of each
lesson (questions are skipped), medians.

    python -m tests.bench.bench_steps [LESSON …]
"""

from __future__ import annotations

import sys
from statistics import median

from tests.bench.bench_app import READY, SIZES, program
from tests.bench.terminal import Terminal

LESSONS = tuple(str(number) for number in range(14, 23))
MOST_BYTES, MOST_MILLISECONDS = 4096, 15.0
STEPS = 60


def through(number: str, size: tuple[int, int]) -> tuple[float, float]:
    """The median milliseconds and bytes of ``n`` in a lesson."""
    times, sent = [], []
    with Terminal(program("open", number), size) as terminal:
        terminal.until(READY)
        terminal.until_quiet(1.0)
        while len(sent) < STEPS:
            taken, count = terminal.press("n", 0.05)
            if count < 150 and terminal.press("s", 0.05)[1]:
                continue  # a question stood there, or the end of what there is
            if not count:
                break
            times.append(1000 * taken)
            sent.append(count)
    return median(times), median(sent)


def main(words: list[str]) -> int:
    missed = 0
    for number in words or LESSONS:
        for size in SIZES:
            taken, sent = through(number, size)
            met = taken <= MOST_MILLISECONDS and sent <= MOST_BYTES
            missed += not met
            columns, rows = size
            print(f"lesson {number}, {columns}x{rows}: {taken:5.1f} ms, {sent:6,.0f} B", end="")
            print(f"{'' if met else '  MISSED'}")
            sys.stdout.flush()
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

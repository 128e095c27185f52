"""Whether a long session leaves memory where it was: lessons 14 to 22, over and over.

The real application in a pseudo-terminal. A learner opens a lesson from the map, goes forward and
back, asks why, turns a dial, types a text of their own, trains live, turns the pictures, leaves;
the pages of the process are counted on the map, when it has been still for a second and memory was
given back. Turns open different parts and so cannot be compared one by one: each is told by the
mean of its nine visits, with the slope through those after the warm-up. Medians of the first and
the last quarter of the time after the warm-up are compared.

    python -m tests.bench.bench_memory [--minutes 60] [--warm-up 3]
"""

from __future__ import annotations

import argparse
import sys
from itertools import count
from statistics import fmean, linear_regression, median
from time import monotonic

from tests.bench.terminal import Terminal
from tuiexplain.course.course import the_course
from tuiexplain.course.loading import open_folder

LESSONS = range(14, 23)
REACH = 10.0
"""Percent of growth."""
TEXTS = "the cat sat on the mat", "学而时习之 不亦说乎", "to be or not to be"
UP, DOWN, RIGHT, ENTER, ESCAPE = "\x1b[A", "\x1b[B", "\x1b[C", "\r", "\x1b"
PATIENCE = {ESCAPE: 0.2, ENTER: 0.3, "m": 0.4}
"""Seconds of silence after a key that may begin a sequence, or that takes longer."""
STILL = 1.0
"""Seconds of silence on the map, in which the application gives memory back."""
SIZE = 120, 40
Scales = tuple[str, ...]
"""The scales of the dials of a part, in the order in which they stand."""


def scales(number: int) -> list[Scales]:
    """Of each part of a lesson."""
    folder = the_course().lessons[number - 1].folder
    assert folder is not None
    return [tuple(dial.scale for dial in part.spec.dials) for part in open_folder(folder).parts]


class Learner:
    """At the keyboard, for as long as it takes."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.pressed = self.answered = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.pressed += 1
            self.answered += self.terminal.press(key, PATIENCE.get(key, 0.06))[1] > 0
            self.terminal.chunks.clear()  # what was sent would fill this process instead

    def visit(self, dials: list[Scales], part: int, text: str) -> None:
        """From the map into the chosen lesson, through one part of it, and out again."""
        self.press(ENTER, *"," * len(dials), *"." * part, "r")
        for _ in range(4):
            self.press(*"nnnns", ENTER, ENTER, ESCAPE, ESCAPE, "v")
        self.press(*"pppp]]][[n")
        for at, scale in enumerate(dials[part]):
            if scale == "text":
                self.press("d", *[DOWN] * at, "e", "\x7f" * 60, text, ENTER, ESCAPE)
            else:
                self.press("d", *[DOWN] * at, RIGHT, "n", "n", ESCAPE)
        self.press("t")
        self.terminal.for_seconds(1.0)
        self.press("t", *"nnpcc", "m")
        self.terminal.until_quiet(STILL)

    def choose(self, moves: int) -> None:
        """Another lesson on the map, so many below (or above)."""
        self.press(*[DOWN if moves > 0 else UP] * abs(moves))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=3, help="minutes that do not count")
    asked = parser.parse_args()
    dials = {number: scales(number) for number in LESSONS}
    samples: list[tuple[float, float]] = []
    turns: list[tuple[float, float]] = []
    begun = monotonic()
    end = begun + 60 * asked.minutes
    with Terminal(["-m", "tuiexplain"], SIZE) as terminal:
        terminal.until("quit")
        terminal.until_quiet(1.0)
        learner = Learner(terminal)
        learner.choose(LESSONS[0] - 1)
        for turn in count():
            for number in LESSONS:
                parts = dials[number]
                learner.visit(parts, turn % len(parts), TEXTS[turn % len(TEXTS)])
                samples.append((monotonic() - begun, terminal.memory()["Rss"]))
                learner.choose(1 if number != LESSONS[-1] else LESSONS[0] - LESSONS[-1])
            of_turn = samples[-len(LESSONS) :]
            turns.append((fmean(at for at, _ in of_turn), fmean(used for _, used in of_turn)))
            print(f"{turns[-1][0] / 60:5.1f} min, turn {turn + 1}: {turns[-1][1]:.0f} MB")
            sys.stdout.flush()
            if monotonic() >= end:
                break
    settled = [turn for turn in turns if turn[0] >= 60 * asked.warm_up]
    if len(settled) > 1:
        slope = 3600 * linear_regression(*zip(*settled, strict=True)).slope
        print(f"slope through {len(settled)} turns: {slope:+.0f} MB an hour")
    return told(samples, 60 * asked.warm_up, learner)


def told(samples: list[tuple[float, float]], warm: float, learner: Learner) -> int:
    """Print what the samples say: seconds and megabytes, on the map after each visit."""
    quarter = (samples[-1][0] - warm) / 4
    first = median(used for at, used in samples if warm <= at <= warm + quarter)
    last = median(used for at, used in samples if at >= samples[-1][0] - quarter)
    growth = 100 * (last / first - 1)
    met = growth <= REACH
    print(f"{learner.pressed} keys, of which {learner.answered} changed the screen")
    print(
        f"{samples[-1][0] / 60:.0f} minutes: from {first:.0f} MB to {last:.0f} MB, {growth:+.1f} % "
        f"(reach ≤ {REACH:g} %) {'ok' if met else 'MISSED'}"
    )
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())

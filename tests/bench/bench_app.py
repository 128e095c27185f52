"""The application in a real pseudo-terminal: start, keys, bytes, training, memory; and stepping.

256 colours as over SSH. Ratios are within one run, the two sides taken in turn; medians.

    python -m tests.bench.bench_app [start keys traffic training memory stepping]
"""

from __future__ import annotations

import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from tests.bench.terminal import ROOT, Terminal
from tuiexplain.course.loading import open_lesson
from tuiexplain.course.session import Session

SMALLEST = [str(ROOT / "tests" / "bench" / "smallest.py")]
READY = "quit"
"""A word of the last line: the first screen is there."""
QUIET = 0.25
"""Seconds without a byte after which a start is over."""
SIZES = (80, 24), (120, 40)
LESSONS = "2", "6"


class Figure(NamedTuple):
    """Something measured; ``more`` is whether more of it is better."""

    name: str
    measured: float
    unit: str
    reach: float
    more: bool = False

    @property
    def met(self) -> bool:
        return self.measured >= self.reach if self.more else self.measured <= self.reach


def program(*arguments: str) -> list[str]:
    """The command that a user types, where it is installed."""
    script = Path(sys.executable).with_name("tuiexplain")
    return [*([str(script)] if script.exists() else ["-m", "tuiexplain"]), *arguments]


# -- start -----------------------------------------------------------------------------------------


def start() -> Iterator[Figure]:
    """From ``exec`` to the last byte of the first screen."""
    ours, theirs = [], []
    for _ in range(11):
        theirs.append(first_paint(SMALLEST, "0000"))
        ours.append(first_paint(program("open", "6"), READY))
    ratio = median(ours) / median(theirs)
    yield Figure("first paint of a lesson / smallest Textual application", ratio, "x", 1.6)


def first_paint(arguments: list[str], sign: str) -> float:
    with Terminal(arguments) as terminal:
        terminal.until(sign)
        terminal.until_quiet(QUIET)
        return terminal.chunks[-1][0] - terminal.started


# -- keys ------------------------------------------------------------------------------------------


def keys() -> Iterator[Figure]:
    """From the key ``n`` to the last byte of the repaint, going through a lesson."""
    for size in SIZES:
        ours, theirs = [], []
        with Terminal(program("open", "6"), size) as lesson, Terminal(SMALLEST, size) as smallest:
            for terminal, sign in ((lesson, READY), (smallest, "0000")):
                terminal.until(sign)
                terminal.until_quiet(1.0)
            for _ in range(60):
                theirs.append(smallest.press("n")[0])
                ours.append(lesson.press("n")[0])
        name = f"key to last byte of the repaint, {size[0]}x{size[1]}"
        yield Figure(name, 1000 * median(ours), "ms", 15)
        yield Figure(f"{name} / smallest application", median(ours) / median(theirs), "x", 3)


def traffic() -> Iterator[Figure]:
    """Bytes at 120x40: of each step of each lesson, and of ten seconds without a key."""
    for number in LESSONS:
        with Terminal(program("open", number), SIZES[1]) as terminal:
            terminal.until(READY)
            terminal.until_quiet(1.0)
            sent = [terminal.press("n", 0.05)[1] for _ in range(steps(number))]
            yield Figure(f"bytes of a step at 120x40, lesson {number}", median(sent), "B", 4096)
            terminal.until_quiet(1.0)
            idle = float(terminal.for_seconds(10))
            yield Figure(f"bytes of 10 idle seconds, lesson {number}", idle, "B", 0)


def steps(number: str) -> int:
    """How many times ``n`` goes on in a lesson."""
    session = Session(open_lesson(number))
    count = 0
    while session.next():
        count += 1
    return count


# -- training --------------------------------------------------------------------------------------

LONG = 400_000
"""Training steps: more than can be taken while it is measured."""

PATIENT = f"""
import sys
from tuiexplain.course import lesson
made = lesson.Part.__init__
def patient(self, owner, spec):
    made(self, owner, spec._replace(train_until={LONG}))
lesson.Part.__init__ = patient
from tuiexplain.cli import main
sys.exit(main(["open", "2", "--part", "table"]))
"""
"""The application, whose lessons do not end training by themselves."""


def training() -> Iterator[Figure]:
    """Live training on the table of lesson 2."""
    with Terminal(program("open", "2", "--part", "table"), SIZES[1]) as terminal:
        terminal.until(READY)
        terminal.until_quiet(1.0)
        terminal.send("t")
        sent = terminal.for_seconds(4.0) / 4.0
    yield Figure("bytes a second of live training, 120x40", sent, "B/s", 20 * 1024)
    with_screen, without = [], []
    for _ in range(5):
        without.append(speed_without_screen())
        with_screen.append(speed_with_screen())
    ratio = median(with_screen) / median(without)
    name = "training steps a second, with the screen / without"
    yield Figure(name, ratio, "x", 0.8, more=True)


def speed_with_screen() -> float:
    """Steps a second at full speed (``+``), from the steps that two frames show."""
    with Terminal(["-c", PATIENT], SIZES[1]) as terminal:
        terminal.until(READY)
        terminal.until_quiet(1.0)
        terminal.send("t+")
        terminal.for_seconds(1.0)
        first, at = frame(terminal)
        terminal.for_seconds(2.0)
        last, then = frame(terminal)
    return (last - first) / (then - at)


def frame(terminal: Terminal) -> tuple[int, float]:
    """The training step that the next frame shows, and when it came."""
    import pyte

    begun = len(terminal.chunks)
    while len(terminal.chunks) == begun:
        terminal.until_quiet(0.03)
    screen = pyte.Screen(*SIZES[1])
    stream = pyte.ByteStream(screen)
    for _, chunk in terminal.chunks:
        stream.feed(chunk)
    found = re.search(r"training step (\d+)", screen.display[0])
    assert found is not None, screen.display[0]
    return int(found[1]), terminal.chunks[-1][0]


def speed_without_screen() -> float:
    run = open_lesson("2").part("table").run()
    run.train_for(0.3)
    before, begun = run.length, perf_counter()
    run.train_for(2.0)
    return (run.length - before) / (perf_counter() - begun)


# -- memory ----------------------------------------------------------------------------------------


def memory() -> Iterator[Figure]:
    """After stepping, code, pictures and training; all pages of the process count."""
    for number in LESSONS:
        with Terminal(program("open", number), SIZES[1]) as terminal:
            terminal.until(READY)
            terminal.until_quiet(1.0)
            for key in "nnnnnnnncccvvv....t":
                terminal.press(key, 0.2)
            terminal.for_seconds(2.0)
            used = terminal.memory()["Rss"]
            yield Figure(f"memory of the application, lesson {number}", used, "MB", 90)


# -- stepping --------------------------------------------------------------------------------------


def stepping() -> Iterator[Figure]:
    """1,000 random moves, across training steps and parts: the same bits wherever one comes again."""
    chance = random.Random(0)
    different = 0
    seconds: dict[bool, list[float]] = defaultdict(list)
    for number in LESSONS:
        session = Session(open_lesson(number))
        seen: dict[object, list[bytes]] = {}
        for _ in range(500):
            on = chance.random() < 0.55
            begun = perf_counter()
            (session.next if on else session.previous)()
            seconds[on].append(perf_counter() - begun)
            bench = session.bench
            numbers = [array.tobytes() for array in bench.trace.content.arrays]
            place = session.at, bench.place, session.question
            different += seen.setdefault(place, numbers) != numbers
    yield Figure("1,000 random moves: places whose numbers differ", different, "", 0)
    ratio = median(seconds[False]) / median(seconds[True])
    yield Figure("a step back / a step forward", ratio, "x", 1)


FIGURES = start, keys, traffic, training, memory, stepping


def main(words: list[str]) -> int:
    missed = 0
    for figures in FIGURES:
        if words and figures.__name__ not in words:
            continue
        for figure in figures():
            missed += not figure.met
            sign = "≥" if figure.more else "≤"
            measured = f"{figure.measured:10,.2f} {figure.unit:3}"
            reach = f"reach {sign} {figure.reach:,g}"
            print(f"{figure.name:66}{measured} {reach:16}{'ok' if figure.met else 'MISSED'}")
            sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

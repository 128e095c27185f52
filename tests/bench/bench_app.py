"""The application in a real pseudo-terminal: start, keys, bytes, training, memory.

256 colours as over SSH. Ratios are within one run, the two sides taken in turn; medians.

    python -m tests.bench.bench_app [start keys traffic training memory stepping]
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Callable, Iterator
from time import perf_counter

import numpy as np

from tests.bench.terminal import ROOT, Terminal
from tuiexplain.course.loading import open_lesson
from tuiexplain.course.session import Session

SMALLEST = [str(ROOT / "tests" / "bench" / "smallest.py")]
QUIET = 0.25
"""Seconds without a byte after which a start is over."""


def program(*arguments: str) -> list[str]:
    return ["-m", "tuiexplain", *arguments]


Row = tuple[str, float, str, float, bool]
"""What, the measured figure, its unit, the figure to reach, whether less is better."""


def start() -> Iterator[Row]:
    def first_paint(arguments: list[str], sign: str) -> float:
        with Terminal(arguments) as terminal:
            terminal.until(sign)
            terminal.until_quiet(QUIET)
            return terminal.chunks[-1][0] - terminal.started

    ours, theirs = [], []
    for _ in range(7):
        ours.append(first_paint(program("open", "6"), "map"))
        theirs.append(first_paint(SMALLEST, "0000"))
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    yield "first paint of a lesson / smallest Textual application", ratio, "x", 1.6, True


def keys() -> Iterator[Row]:
    for size in ((80, 24), (120, 40)):
        with Terminal(program("open", "6", "--part", "mazur"), size) as ours:
            ours.until("map")
            ours.until_quiet(1.0)
            with Terminal(SMALLEST, size) as theirs:
                theirs.until("0000")
                theirs.until_quiet(1.0)
                a, b = [], []
                for _ in range(30):
                    a.append(ours.press("n")[0])
                    b.append(theirs.press("n")[0])
        name = f"key to last byte at {size[0]}x{size[1]}"
        yield name, 1000 * statistics.median(a), " ms", 15, True
        ratio = statistics.median(a) / statistics.median(b)
        yield f"{name} / smallest Textual application", ratio, "x", 3, True


def traffic() -> Iterator[Row]:
    for lesson in ("2", "6"):
        stops = _stops(lesson)
        with Terminal(program("open", lesson), (120, 40)) as terminal:
            terminal.until("map")
            terminal.until_quiet(1.0)
            sent = [terminal.press("n", 0.05)[1] for _ in range(stops)]
            name = f"bytes of a step at 120x40, lesson {lesson}"
            yield name, statistics.median(sent), " B", 4096, True
            terminal.until_quiet(1.0)
            yield "bytes of 10 idle seconds", float(terminal.for_seconds(10)), " B", 0, True


def _stops(lesson: str) -> int:
    session = Session(open_lesson(lesson))
    count = 0
    while session.next():
        count += 1
    return count


def training() -> Iterator[Row]:
    with Terminal(program("open", "2", "--part", "table"), (120, 40)) as terminal:
        terminal.until("map")
        terminal.until_quiet(1.0)
        terminal.send("t")
        sent = terminal.for_seconds(4.0)
        yield "bytes a second of live training at 120x40", sent / 4.0, " B", 20 * 1024, True
    with_screen, without = [], []
    for _ in range(3):
        with_screen.append(_steps_with_screen())
        without.append(_steps_without())
    ratio = statistics.median(with_screen) / statistics.median(without)
    yield "training steps a second, with the screen / without", ratio, "x", 0.8, False


LONG = 400_000
"""Training steps: more than can be taken while it is measured."""


def _steps_with_screen() -> float:
    """At full speed (+), over the last seconds: the step in the title line, read twice."""
    code = (
        "import dataclasses, sys\n"
        "from tuiexplain.course import lesson\n"
        "made = lesson.Part.__init__\n"
        "def patient(self, owner, spec):\n"
        f"    made(self, owner, spec._replace(train_until={LONG}))\n"
        "lesson.Part.__init__ = patient\n"
        "from tuiexplain.cli import main\n"
        "sys.exit(main(['open', '2', '--part', 'table']))\n"
    )
    with Terminal(["-c", code], (120, 40)) as terminal:
        terminal.until("map")
        terminal.until_quiet(1.0)
        terminal.send("t+")
        terminal.for_seconds(1.0)
        first, at = _step_shown(terminal)
        terminal.for_seconds(4.0)
        last, then = _step_shown(terminal)
    return (last - first) / (then - at)


def _step_shown(terminal: Terminal) -> tuple[int, float]:
    """The training step that a frame shows, and when the frame came."""
    import pyte

    screen = pyte.Screen(120, 40)
    stream = pyte.ByteStream(screen)
    terminal.for_seconds(0.6)
    for _, chunk in terminal.chunks:
        stream.feed(chunk)
    words = screen.display[0].split("training step ")[1]
    return int(words.split()[0]), terminal.chunks[-1][0]


def _steps_without() -> float:
    run = open_lesson("2").part("table").run()
    run.train_for(0.5)
    before, begun = run.length, perf_counter()
    run.train_for(3.0)
    return (run.length - before) / (perf_counter() - begun)


def memory() -> Iterator[Row]:
    with Terminal(program("open", "2", "--part", "table"), (120, 40)) as terminal:
        terminal.until("map")
        terminal.until_quiet(1.0)
        for key in "nnnnncctt":
            terminal.press(key, 0.3)
        used = terminal.memory()
        yield "memory in a lesson (resident)", used["Rss"], " MB", 90, True


def stepping() -> Iterator[Row]:
    session = Session(open_lesson("6"))
    session.open_part(2)
    bench = session.bench
    numbers = [a.copy() for a in bench.trace.content.arrays]
    chance = random.Random(0)

    def timed(move: Callable[[], bool], count: int) -> float:
        begun = perf_counter()
        for _ in range(count):
            move()
        return perf_counter() - begun

    ratios = []
    for _ in range(15):
        bench.open(0)
        there = timed(bench.player.forward, len(bench.player))
        back = timed(bench.player.back, len(bench.player))
        ratios.append(back / there)
    for _ in range(1000):
        chance.choice((session.next, session.previous))()
    bench.open(0)
    same = all(
        np.array_equal(a, b) for a, b in zip(bench.trace.content.arrays, numbers, strict=True)
    )
    yield "1,000 random moves: cells that changed", 0.0 if same else 1.0, "", 0, True
    yield "a step back / a step forward", statistics.median(ratios), "x", 1.1, True


FIGURES = (start, keys, traffic, training, memory, stepping)


def main(words: list[str]) -> int:
    missed = 0
    for figure in FIGURES:
        if words and not any(word in figure.__name__ for word in words):
            continue
        for name, value, unit, reach, less in figure():
            met = value <= reach if less else value >= reach
            missed += not met
            sign = "≤" if less else "≥"
            print(
                f"{name:62} {value:9.2f}{unit:3}  reach {sign} {reach:g}  {'' if met else 'MISSED'}"
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

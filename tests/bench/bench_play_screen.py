"""The playground in a real pseudo-terminal while it trains: speed, keys, bytes, and its curve.

2-8-8-1 on 500 points, batch 30, 120x40, 256 colours as over SSH. The two sides of a ratio are
taken in turn; medians.

    python -m tests.bench.bench_play_screen [speed keys traffic curve]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from statistics import median, quantiles
from time import perf_counter

import numpy as np
import pyte

from tests.bench.bench_app import READY, Figure, program
from tests.bench.terminal import Terminal
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.play import Play
from tuiexplain.views.curve import Curve, Series, curve
from tuiexplain.views.look import look

SIZE = (120, 40)
DIALS = ("--set", "layers=8,8", "--set", "batch=30", "--set", "train_share=90")
DESIGN = Design(layers=(Layer(8), Layer(8)), batch=30, train_share=90)
FOCUS = ("on the weights", "on the examples", "on the run", "on the units")
"""What the line for messages says as Tab is pressed again and again."""


class Screen:
    """A playground that trains at full speed, and what stands on it."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.screen = pyte.Screen(*SIZE)
        self.stream = pyte.ByteStream(self.screen)
        self.fed = 0
        terminal.until(READY)
        terminal.until_quiet(1.0)
        terminal.send("t")
        terminal.for_seconds(2.5)
        self.feed()

    def feed(self) -> None:
        for _, chunk in self.terminal.chunks[self.fed :]:
            self.stream.feed(chunk)
        self.fed = len(self.terminal.chunks)

    def step(self) -> tuple[int, float]:
        """The training step that the next frame shows, and when it came."""
        before = self._step()
        while (now := self._step()) == before:
            self.terminal.read(1.0)
            self.feed()
        return now, self.terminal.chunks[-1][0]

    def _step(self) -> int:
        found = re.search(r"step ([\d,]+)", self.screen.display[0])
        assert found is not None, self.screen.display[0]
        return int(found[1].replace(",", ""))

    def press(self, key: str, sign: str) -> float:
        """Seconds from a key to what it is to show in the line for messages."""
        pressed = self.terminal.send(key)
        while sign not in self.screen.display[-2]:
            self.terminal.read(1.0)
            self.feed()
            assert perf_counter() - pressed < 5, self.screen.display[-2]
        return self.terminal.chunks[-1][0] - pressed


def speed() -> Iterator[Figure]:
    """Training steps a second with the screen, against the same run without."""
    shown, bare = [], []
    for _ in range(5):
        bare.append(without_screen())
        with Terminal(program("play", *DIALS), SIZE) as terminal:
            screen = Screen(terminal)
            first, at = screen.step()
            terminal.for_seconds(3.0)
            screen.feed()
            last, then = screen.step()
        shown.append((last - first) / (then - at))
    yield Figure("training steps a second, with the screen", median(shown), "/s", 0, more=True)
    ratio = median(s / b for s, b in zip(shown, bare, strict=True))
    yield Figure("training steps a second, with the screen / without", ratio, "x", 0.8, more=True)


def without_screen() -> float:
    play = Play(DESIGN)
    play.train_for(0.5)
    before, begun = play.length, perf_counter()
    while perf_counter() < begun + 3.0:
        play.train_for(0.008)
    return (play.length - before) / (perf_counter() - begun)


def keys() -> Iterator[Figure]:
    """From Tab to what it says, pressed at odd moments while it trains at full speed."""
    took = []
    with Terminal(program("play", *DIALS), SIZE) as terminal:
        screen = Screen(terminal)
        for i in range(80):
            took.append(screen.press("\t", FOCUS[i % len(FOCUS)]))
            terminal.for_seconds(0.05 + 0.013 * (i % 7))
            screen.feed()
    yield Figure("key to paint while it trains, 120x40", 1000 * median(took), "ms", 30)
    worst = quantiles(took, n=20)[-1]
    yield Figure("the same, at 95 %", 1000 * worst, "ms", 60)


def traffic() -> Iterator[Figure]:
    """Bytes a second of training at full speed, from its first step on, and paused."""
    with Terminal(program("play", *DIALS), SIZE) as terminal:
        terminal.until(READY)
        terminal.until_quiet(1.0)
        terminal.send("t")
        sent = terminal.for_seconds(8.0) / 8.0
        terminal.send("t")
        terminal.until_quiet(1.0)
        idle = float(terminal.for_seconds(5.0))
    yield Figure("bytes a second while it trains, 120x40", sent, "B/s", 20 * 1024)
    yield Figure("bytes of 5 seconds paused", idle, "B", 0)


def curves() -> Iterator[Figure]:
    """A curve of 100,000 losses and as many held out, as wide as at 120x40."""
    shown, steps = look("dark"), np.arange(100_000)
    noise = np.random.default_rng(0).normal(size=100_000)
    losses = np.exp(-steps / 3e4) + 0.05 * np.abs(noise)
    took = []
    for i in range(31):
        spec = Curve([Series("loss", losses[: len(losses) - i])], log=True)
        begun = perf_counter()
        curve(spec, 52, 12, shown)
        took.append(perf_counter() - begun)
    yield Figure("a curve of 100,000 points", 1000 * median(took[1:]), "ms", 10)


PARTS = {"speed": speed, "keys": keys, "traffic": traffic, "curve": curves}


def main(wanted: list[str]) -> int:
    missed = 0
    for name in wanted or PARTS:
        for figure in PARTS[name]():
            missed += not figure.met
            sign = "≥" if figure.more else "≤"
            measured = f"{figure.measured:10,.2f} {figure.unit:3}"
            reach = f"reach {sign} {figure.reach:,g}"
            print(f"{figure.name:55}{measured} {reach:16}{'ok' if figure.met else 'MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

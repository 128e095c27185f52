"""The plane of a 2-16-16-3 network, 100 x 40 places, redrawn while it learns.

python -m tests.bench.bench_surface
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from statistics import median
from time import perf_counter

import numpy as np

from tests.bench.bench_app import Figure
from tests.bench.surface_app import HEIGHT, WIDTH, Learner
from tests.bench.terminal import Terminal
from tuiexplain.views.look import look

SIZE = (120, 40)
SECONDS = 8.0


def drawing() -> Iterator[Figure]:
    """One redraw of a plane whose network has changed, and what of it is the network itself."""
    learner = Learner(look("dark"))
    whole, forward = [], []
    for _ in range(60):
        learner.train_for(1.0, 5)
        begun = perf_counter()
        learner.draw(WIDTH, HEIGHT)
        whole.append(perf_counter() - begun)
        begun = perf_counter()
        by_hand(learner)
        forward.append(perf_counter() - begun)
    places = learner.there.columns * learner.there.rows
    yield Figure("places of the plane", places, "", 4000, more=True)
    yield Figure("one redraw, its forward pass included", 1000 * median(whole), "ms", 100)
    yield Figure("one redraw / the forward pass in NumPy", median(whole) / median(forward), "x", 30)


def by_hand(learner: Learner) -> np.ndarray:
    """The scores of every place, as one would write it without an engine."""
    p = learner.program.parameters()
    h = np.tanh(learner.grid.data @ p["fc1.weight"].T + p["fc1.bias"])
    h = np.tanh(h @ p["fc2.weight"].T + p["fc2.bias"])
    return np.asarray(h @ p["fc3.weight"].T + p["fc3.bias"])


def live() -> Iterator[Figure]:
    """Frames and bytes a second in a terminal of 120x40 with 256 colours, from the first step."""
    with Terminal(["-m", "tests.bench.surface_app"], SIZE) as terminal:
        terminal.until("▀")
        begun = perf_counter()
        count = terminal.for_seconds(SECONDS)
        terminal.send("q")
        took = perf_counter() - begun
        terminal.until_quiet(1.0)
        text = b"".join(chunk for _, chunk in terminal.chunks).decode(errors="replace")
    found = re.search(r"frames (\d+) seconds", text)
    assert found is not None, text[-500:]
    yield Figure("frames a second while it learns", int(found[1]) / took, "/s", 10, more=True)
    yield Figure("bytes a second while it learns", count / took, "B/s", 20 * 1024)


def main() -> int:
    missed = 0
    for figures in (drawing, live):
        for figure in figures():
            missed += not figure.met
            sign = "≥" if figure.more else "≤"
            measured = f"{figure.measured:10,.2f} {figure.unit:3}"
            reach = f"reach {sign} {figure.reach:,g}"
            print(f"{figure.name:50}{measured} {reach:16}{'ok' if figure.met else 'MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

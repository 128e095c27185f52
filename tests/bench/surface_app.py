"""A network 2-16-16-3 that learns the spiral while its plane of 100 x 40 places is drawn.

Says on leaving how many frames it drew: ``frames N``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from time import perf_counter

import numpy as np
from textual.app import App, ComposeResult

import tuiexplain.engine.functional as F
from tuiexplain.course.datasets import spiral
from tuiexplain.course.experiment import Experiment, Table, Training
from tuiexplain.course.plane import places, said
from tuiexplain.engine import nn, optim
from tuiexplain.engine.tensors import Tensor
from tuiexplain.screens.lesson.training import train
from tuiexplain.terminal.sparing import SparingCompositor
from tuiexplain.views.look import Look, look
from tuiexplain.views.picture import Picture
from tuiexplain.views.surface import Surface, room, surface
from tuiexplain.widgets.pane import Pane

POINTS, CLASSES = spiral()
LIMITS = (-1.2, 1.2)
WIDTH, HEIGHT = 105, 22
"""A picture whose plane, within its axes, has 100 x 20 characters: 100 x 40 places."""


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc3(F.tanh(self.fc2(F.tanh(self.fc1(x)))))


def step(net: Net, optimizer: optim.Adam, x: Tensor, t: Tensor) -> Tensor:
    optimizer.zero_grad()
    loss = F.cross_entropy(net(x), t)
    loss.backward()
    optimizer.step()
    return loss


def make() -> Experiment:
    net = Net()
    data = {"x": Table(POINTS, ("point", "in")), "t": Table(CLASSES, ("point",), dtype=int)}
    return Experiment(net, step, data, optim.Adam(net.parameters(), lr=0.01))


class Learner:
    """The network in training, and its picture."""

    def __init__(self, shown: Look) -> None:
        self.program, self.look = Training(make, 7), shown
        self.steps_taken = 0
        self.there = room(LIMITS, LIMITS, WIDTH, HEIGHT, shown)
        self.grid = Tensor(places(LIMITS, LIMITS, self.there.columns, self.there.rows))

    def train_for(self, seconds: float, most: int | None = None) -> bool:
        end = perf_counter() + seconds
        while perf_counter() < end and (most is None or most > 0):
            self.program.step(self.steps_taken)
            self.steps_taken += 1
            most = None if most is None else most - 1
        return True

    def outputs(self, state: Mapping[str, np.ndarray]) -> np.ndarray:
        return self.program.evaluate(state, lambda net: net(self.grid)).data

    def draw(self, width: int, height: int) -> Picture:
        winner, share = (
            a.reshape(self.there.rows, self.there.columns) for a in said(self.outputs({}))
        )
        spec = Surface(LIMITS, LIMITS, winner, share, 3, POINTS, CLASSES)
        return surface(spec, WIDTH, HEIGHT, self.look)


class SurfaceApp(App[None]):
    CSS = f"Pane {{ width: {WIDTH}; height: {HEIGHT}; }}"
    BINDINGS = [("q", "stop", "stop")]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__(ansi_color=True)
        self.learner = Learner(look("dark"))
        self.frames, self.wanted = 0, True

    def compose(self) -> ComposeResult:
        yield Pane(self.learner.draw, id="plane")

    def on_mount(self) -> None:
        self.screen._compositor = SparingCompositor()
        self.run_worker(self.learn())

    async def learn(self) -> None:
        pane = self.query_one(Pane)
        await train(self.learner, lambda: self.wanted, lambda: self.frame(pane), lambda: False)
        self.exit()

    def frame(self, pane: Pane) -> int:
        self.frames += 1
        return pane.redraw()

    def action_stop(self) -> None:
        self.wanted = False


if __name__ == "__main__":
    app = SurfaceApp()
    begun = perf_counter()
    app.run()
    sys.stdout.write(f"frames {app.frames} seconds {perf_counter() - begun:.3f}\n")

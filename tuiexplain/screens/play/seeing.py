"""One look at the run: the numbers of the step that is shown, and what they say over the plane."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from tuiexplain.course.plane import places
from tuiexplain.play import outputs
from tuiexplain.play.changes import Rival
from tuiexplain.play.features import matrix
from tuiexplain.play.network import Head, Network
from tuiexplain.play.program import PlayProgram
from tuiexplain.screens.play.standing import Standing
from tuiexplain.trace.run import Run
from tuiexplain.views.look import Look

Limits = tuple[float, float]
EDGE = 6.0
"""Generated points lie within this distance from the middle of the plane, either way."""
MARGIN = 0.08


class Seen:
    """What is computed for a frame, once, however many panes show it."""

    def __init__(self, standing: Standing, look: Look, language: str) -> None:
        self.standing, self.look, self.language = standing, look, language
        self.play = standing.play
        self.step = self.play.at
        self.shape = standing.shape
        self._said: dict[tuple[int, int], list[np.ndarray]] = {}

    @cached_property
    def numbers(self) -> dict[str, np.ndarray]:
        """The parameters at the step that is shown."""
        return dict(self.play.numbers(self.step))

    @cached_property
    def gradients(self) -> dict[str, np.ndarray]:
        """The gradient of the loss by each of them, of that step's batch."""
        return dict(self.play.gradients(self.step))

    @cached_property
    def limits(self) -> tuple[Limits, Limits]:
        """The part of the plane that is shown."""
        if self.play.design.generated:
            return (-EDGE, EDGE), (-EDGE, EDGE)
        low = self.points.min(axis=0)
        high = self.points.max(axis=0)
        room = np.where(high > low, (high - low) * MARGIN, 1.0)
        (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
        return (left, right), (bottom, top)

    @property
    def points(self) -> np.ndarray:
        """Every example on the plane that is shown: the two columns that are its axes."""
        inputs = self.play.dataset.inputs
        return np.asarray(inputs[:, list(self.standing.axes)])

    @property
    def axis_names(self) -> tuple[str, str]:
        """What lies along the axes."""
        columns = self.play.dataset.columns
        across, up = self.standing.axes
        return columns[across], columns[up]

    def beside(self, rival: Rival) -> Seen:
        """The same look at a run beside this one, as far as that has come."""
        twin = Seen(self.standing, self.look, self.language)
        twin.shape = shape_of(rival.run, self.step)
        twin.numbers = dict(rival.run.state_at(min(self.step, rival.run.length)))
        return twin

    def _grid(self, rows: int, columns: int) -> np.ndarray:
        """Places of the plane as examples; what is on neither axis is as it is on average."""
        inputs = self.play.dataset.inputs
        across, up = self.standing.axes
        grid = np.tile(inputs.mean(axis=0), (rows * columns, 1))
        flat = places(*self.limits, columns, rows)
        grid[:, up], grid[:, across] = flat[:, 1], flat[:, 0]
        return grid

    def said(self, rows: int, columns: int) -> list[np.ndarray]:
        """What every unit says over the plane: (units, rows, columns) for each column of units."""
        size = (rows, columns)
        if size not in self._said:
            grid = self._grid(rows, columns)
            layers = self._layers(grid)
            features = matrix(self.standing.features, self.play.dataset, grid)
            self._said[size] = [
                np.ascontiguousarray(np.asarray(a).T).reshape(-1, rows, columns)
                for a in (features, *layers)
            ]
        return self._said[size]

    def _layers(self, grid: np.ndarray) -> list[np.ndarray]:
        """What each layer puts out for ``grid``, and what the network answers."""
        inputs = matrix(self.shape.inputs, self.play.dataset, grid)
        *hidden, sums = outputs.layers(self.shape, self.numbers, inputs)
        return [*hidden, outputs.answers(self.shape, sums)]

    def answers(self, rows: int, columns: int) -> np.ndarray:
        """What the network answers over the plane: (outputs, rows, columns)."""
        size = (rows, columns)
        if size in self._said:
            return self._said[size][-1]
        found = self._layers(self._grid(rows, columns))[-1]
        return np.ascontiguousarray(found.T).reshape(-1, rows, columns)

    def classes(self, answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The class that is said at each place, and how surely: its share of all."""
        head = self.shape.head
        if len(answers) == 1:
            share = (answers[0] + 1) / 2 if head is Head.SIGN else answers[0]
            share = np.clip(share, 0.0, 1.0)
            winner = (share > 0.5).astype(int)
            return winner, np.where(winner == 1, share, 1 - share)
        shares = np.clip((answers + 1) / 2, 1e-9, 1.0) if head is Head.SIGN else answers
        return answers.argmax(axis=0), shares.max(axis=0) / shares.sum(axis=0)


def shape_of(run: Run, step: int) -> Network:
    """The network that a run had at a step."""
    while step < run.start and run.parent is not None:
        run = run.parent
    assert isinstance(run.program, PlayProgram)
    return run.program.shape

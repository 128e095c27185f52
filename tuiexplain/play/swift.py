"""A training step without ceremony: one flat vector, preallocated arrays, products written in place.

It computes what :mod:`tuiexplain.play.code` says, to the last digits but not to the last bit; the
engine's step explains each number, this one is for taking a hundred thousand of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tuiexplain.course.experiment import step_seed
from tuiexplain.play.code import penalised
from tuiexplain.play.design import Design
from tuiexplain.play.layout import Plan
from tuiexplain.play.network import Network
from tuiexplain.play.rules import RULES
from tuiexplain.play.writing import TakeStep, written
from tuiexplain.trace.packed import Packed, pack
from tuiexplain.trace.run import State


class Examples(NamedTuple):
    """What is learnt from: features before a column of ones, an example a row; the answers.

    Those are an example a column, as the network's sums are.
    """

    inputs: np.ndarray
    answers: np.ndarray
    order: Callable[[int], np.ndarray]
    """In which order an epoch takes them."""
    batch: int
    drop_last: bool
    """Whether an epoch leaves out those that do not fill a batch."""

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.inputs)

    @property
    def steps_per_epoch(self) -> int:
        """How many steps use every example once."""
        full = self.rows // self.batch
        return full if self.drop_last else math.ceil(self.rows / self.batch)


class Swift:
    """The steps of one design on ``examples``, from a state to a state."""

    def __init__(
        self,
        design: Design,
        shape: Network,
        plan: Plan,
        examples: Examples,
        factor: Callable[[int], float] | None,
    ) -> None:
        self.shape, self.plan, self.examples = shape, plan, examples
        self.vector = np.zeros(plan.size)
        self.gradient = np.zeros(plan.learnt)
        self._seed = design.seed
        self._draws: np.random.Generator | None = None
        self._index = 0
        self.weights = [
            (self._block(self.vector, at), self._block(self.gradient, at))
            for at in range(1, shape.depth + 1)
        ]
        self._update = RULES[design.optimizer](design, plan, self.vector, self.gradient)
        self._lr, self._factor = float(design.lr), factor
        self._clip = float(design.clip)
        self._penalty = Penalty(design, shape, plan) if penalised(design) else None
        self._random = any(layer.dropout for layer in shape.layers)
        self._takers: dict[int, TakeStep] = {}
        self._epoch = -1
        self._inputs = np.ones_like(examples.inputs)
        self._answers = np.empty_like(examples.answers)
        self._batches = [self._batch(at) for at in range(examples.steps_per_epoch)]

    def _block(self, vector: np.ndarray, at: int) -> np.ndarray:
        spot = self.plan.layout[f"W{at}"]
        size = spot.rows * spot.width
        return vector[spot.start : spot.start + size].reshape(spot.rows, spot.width)

    def _batch(self, at: int) -> tuple[TakeStep, np.ndarray, np.ndarray, np.ndarray]:
        start = at * self.examples.batch
        stop = min(start + self.examples.batch, self.examples.rows)
        size = stop - start
        if size not in self._takers:
            self._takers[size] = written(self, size)
        rows = self._inputs[start:stop]
        return self._takers[size], rows.T, rows, self._answers[:, start:stop]

    def norm_of(self, at: int) -> tuple[int, tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
        """Axis, learnt numbers with their gradients, and running means of a layer's norm."""
        layout, number = self.plan.layout, at + 1
        names = (f"scale{number}", f"shift{number}")
        learnt = tuple(layout[n].of(v) for v in (self.vector, self.gradient) for n in names)
        if self.shape.layers[at].norm == "layer":
            return 0, learnt, ()
        kept = (f"norm{number}.running_{what}" for what in ("mean", "var"))
        return 1, learnt, tuple(layout[name].of(self.vector) for name in kept)

    def draw(self, shape: tuple[int, ...]) -> np.ndarray:
        """The random numbers of this step, as the engine draws them."""
        if self._draws is None:
            self._draws = np.random.default_rng(step_seed(self._seed, self._index))
        return self._draws.random(shape)

    # -- the program -------------------------------------------------------------------------------

    def state(self) -> Packed:
        """The state before the next step."""
        return Packed(self.plan.layout, self.vector.copy())

    def restore(self, state: State) -> None:
        """Go to a state; what it lacks becomes 0."""
        pack(self.plan.layout, state, self.vector)

    def steps(self, index: int, count: int) -> list[float]:
        """Steps from ``index`` on; fewer, where a loss is no number."""
        losses: list[float] = []
        update, per_epoch = self._update.apply, self.examples.steps_per_epoch
        epoch, place = divmod(index, per_epoch)
        with np.errstate(all="ignore"):
            self._shuffle(epoch)
            for step in range(index, index + count):
                if place == per_epoch:
                    epoch, place = epoch + 1, 0
                    self._shuffle(epoch)
                loss = self._take(step, place)
                if self._factor is not None:
                    self._update.lr[()] = self._lr * self._factor(step)
                update()
                losses.append(loss)
                if loss - loss != 0.0:
                    break
                place += 1
        return losses

    def gradients(self, index: int) -> Packed:
        """The gradient of the loss of step ``index`` at the state before the next step.

        Running means stay as they are.
        """
        before = self.vector.copy()
        epoch, place = divmod(index, self.examples.steps_per_epoch)
        with np.errstate(all="ignore"):
            self._shuffle(epoch)
            self._take(index, place)
        self.vector[:] = before
        names = self.shape.shapes()
        layout = {name: self.plan.layout[name] for name in names}
        return Packed(layout, self.gradient.copy())

    def _take(self, index: int, place: int) -> float:
        """The loss of a batch, and its gradient in ``gradient``."""
        self._index, self._draws = index, None
        take, inputs, transposed, answers = self._batches[place]
        loss = take(inputs, transposed, answers)
        if self._penalty is not None:
            loss += self._penalty.add_to(self.gradient, self.vector)
        if self._clip:
            norm = math.sqrt(float(np.dot(self.gradient, self.gradient)))
            self.gradient *= min(self._clip / (norm + 1e-6), 1.0)
        return loss

    def _shuffle(self, epoch: int) -> None:
        """Lay the examples in the order of an epoch: its batches are views of them."""
        if epoch == self._epoch:
            return
        order = self.examples.order(epoch)
        np.take(self.examples.inputs, order, axis=0, out=self._inputs, mode="clip")
        np.take(self.examples.answers, order, axis=1, out=self._answers, mode="clip")
        self._epoch = epoch


class Penalty:
    """What large weights add to the loss; biases are free."""

    def __init__(self, design: Design, shape: Network, plan: Plan) -> None:
        self.rates = np.zeros(plan.learnt)
        for at in range(1, shape.depth + 1):
            plan.layout[f"W{at}"].of(self.rates)[...] = design.penalty_rate
        self.squares = design.penalty == "l2"

    def add_to(self, gradient: np.ndarray, vector: np.ndarray) -> float:
        """Its gradient is added; what it adds to the loss."""
        learnt = vector[: gradient.size]
        if self.squares:
            pull = self.rates * learnt
            gradient += pull
            return float(np.dot(pull, learnt)) / 2
        gradient += self.rates * np.sign(learnt)
        return float(np.dot(self.rates, np.abs(learnt)))

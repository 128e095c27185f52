"""One dial over several values, each from several seeds: how often it comes off."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Sequence
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from tuiexplain.play.dataset import Dataset
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.errors import PlayError
from tuiexplain.play.program import PlayProgram
from tuiexplain.play.sources import dataset

OF_LAYERS = tuple(field.name for field in dataclasses.fields(Layer))
"""Dials that are turned in all hidden layers at once."""
DEPTH = "depth"
"""How many hidden layers, all like the first."""
CHECKS = 40
"""How often a trial is looked at whether it is there."""
MOST_TRIALS = 1_000


class Aim(NamedTuple):
    """When a trial has come off: ``measure`` is at least (or, of a loss, at most) ``bound``."""

    measure: str
    bound: float

    def met(self, number: float) -> bool:
        """Whether a number of this measure is good enough; no number never is."""
        return number <= self.bound if self.measure.endswith("loss") else number >= self.bound


class Trial(NamedTuple):
    """One value from one seed. ``reached`` is the step at which it was seen to come off."""

    value: Any
    seed: int
    reached: int | None
    number: float
    """The measure at the end."""
    finite: bool


class Bar(NamedTuple):
    """The trials of one value, those that are done."""

    value: Any
    solved: int
    tried: int
    reached: float | None
    """The median of the steps that it took those that came off."""
    number: float
    """The median of the measure; nan where most have none."""


def turned(design: Design, dial: str, value: Any) -> Design:
    """The design with one dial set: of the design, of all its layers, or ``depth``."""
    if dial == DEPTH:
        first = design.layers[0] if design.layers else Layer()
        return design.changed(layers=(first,) * int(value))
    if dial in OF_LAYERS:
        changed = (dataclasses.replace(layer, **{dial: value}) for layer in design.layers)
        return design.changed(layers=tuple(changed))
    known = [field.name for field in dataclasses.fields(Design)]
    if dial not in known:
        raise PlayError(f"There is no dial {dial}.", "no_dial", name=dial, known=", ".join(known))
    return design.changed(**{dial: value})


class Sweep:
    """Trials of ``dial`` at ``values``, each from ``seeds`` for ``steps`` steps at most.

    They are trained in slices of time; whoever wants no more of them just stops asking.
    """

    def __init__(
        self,
        design: Design,
        dial: str,
        values: Sequence[Any],
        seeds: Sequence[int],
        steps: int,
        aim: Aim,
    ) -> None:
        self.dial, self.values, self.seeds = dial, tuple(values), tuple(seeds)
        self.steps, self.aim = steps, aim
        count = len(self.values) * len(self.seeds)
        if not 0 < count <= MOST_TRIALS:
            raise PlayError(
                f"A sweep of {count} trials: there are 1 to {MOST_TRIALS}.",
                "too_many_trials",
                count=count,
                most=MOST_TRIALS,
            )
        designs = {value: turned(design, dial, value) for value in self.values}
        self._waiting = [
            (value, designs[value].changed(seed=seed))
            for seed in self.seeds  # all values of a seed first: bars grow together
            for value in self.values
        ]
        self.trials: list[Trial] = []
        self._program: PlayProgram | None = None
        self._taken = 0
        self._data: tuple[Design, Dataset] | None = None
        PlayProgram(self._waiting[0][1], self._dataset(self._waiting[0][1]))

    @property
    def progress(self) -> float:
        """What share of the steps was taken, from 0 to 1."""
        count = len(self.values) * len(self.seeds)
        return (len(self.trials) + self._taken / self.steps) / count

    @property
    def done(self) -> bool:
        """Whether every trial was made."""
        return not self._waiting

    def train_for(self, seconds: float) -> bool:
        """Go on for a while; ``False`` when every trial was made."""
        end = perf_counter() + seconds
        while self._waiting:
            self._slice()
            if perf_counter() >= end:
                break
        return bool(self._waiting)

    def _slice(self) -> None:
        """Up to the next look at the trial that is on."""
        value, design = self._waiting[0]
        if self._program is None:
            self._program, self._taken = PlayProgram(design, self._dataset(design)), 0
        count = min(max(1, self.steps // CHECKS), self.steps - self._taken)
        losses = self._program.steps(self._taken, count)
        self._taken += len(losses)
        finite = bool(np.isfinite(losses[-1]))
        number = self._program.measure(self.aim.measure, self._program.state())
        met = finite and self.aim.met(number)
        if met or not finite or self._taken >= self.steps:
            reached = self._taken if met else None
            self.trials.append(Trial(value, design.seed, reached, number, finite))
            self._waiting.pop(0)
            self._program, self._taken = None, 0

    def _dataset(self, design: Design) -> Dataset:
        """The data of a design; one set for all designs that differ in the network alone."""
        key = Design(
            **{
                name: getattr(design, name)
                for name in ("data", "target", "noise", "examples", "train_share", "seed")
            }
        )
        if self._data is None or self._data[0] != key:
            self._data = key, dataset(key)
        return self._data[1]

    def bars(self) -> list[Bar]:
        """For each value, how many of its trials came off."""
        return [self._bar(value) for value in self.values]

    def _bar(self, value: Any) -> Bar:
        trials = [trial for trial in self.trials if trial.value == value]
        reached = [trial.reached for trial in trials if trial.reached is not None]
        numbers = sorted(trial.number for trial in trials if trial.finite)
        most = len(numbers) * 2 > len(trials)
        return Bar(
            value,
            len(reached),
            len(trials),
            float(statistics.median(reached)) if reached else None,
            statistics.median(numbers) if most else float("nan"),
        )

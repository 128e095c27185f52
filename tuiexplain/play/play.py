"""A run of the playground in somebody's hands: trained, changed, looked back on. No screen in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from tuiexplain.play import outputs
from tuiexplain.play.changes import Before, Change, Rival, Segment, Segments
from tuiexplain.play.dataset import Dataset
from tuiexplain.play.design import Design
from tuiexplain.play.errors import PlayError
from tuiexplain.play.features import matrix
from tuiexplain.play.history import (
    begun,
    changed,
    found_cell,
    holding,
    share,
    with_numbers,
)
from tuiexplain.play.network import Network
from tuiexplain.play.program import PlayProgram
from tuiexplain.play.racing import finite, train_abreast
from tuiexplain.play.sources import dataset
from tuiexplain.trace.packed import Packed
from tuiexplain.trace.run import Run, State
from tuiexplain.trace.trace import Trace

MOST_LANES = 6
MOST_UNDONE = 20
"""Things that can be taken back; fewer, where they would keep more than so many bytes of tables."""
TABLES = 64 * 1024 * 1024
COPIES = 4
"""Of its table that a run has: features, before a column of ones, in an epoch's order, as named."""

OTHER_DATA = ("data", "target", "noise", "examples", "train_share", "seed")
"""Dials whose turning begins anew: the numbers so far are of something else."""


class Stop(NamedTuple):
    """Where training pauses by itself; ``None``: nowhere."""

    step: int | None = None
    epoch: int | None = None
    loss: float | None = None
    """A loss of one step that is small enough."""


class Play:
    """``design`` being played with. ``run`` is its training so far, and ``rivals`` others beside it.

    Numbers that end (inf or nan) end the training: ``finite`` says so.
    """

    def __init__(self, design: Design, data: Dataset | None = None) -> None:
        self.design = design
        self._given = data
        self.stop = Stop()
        self._past: list[Before] = []
        self._begin()

    def _begin(self) -> None:
        everything = self.design.changed(left_out=())
        data = dataset(everything) if self._given is None else self._given
        run = begun(self.design, data)  # where it cannot be had, all stays as it was
        self._all, self.run = data, run
        self.segments: Segments = (Segment(0, self.design),)
        self.at = 0
        self.rivals: tuple[Rival, ...] = ()

    def _run(self, design: Design) -> Run:
        return begun(design, self._all)

    @classmethod
    def told(cls, segments: Segments, length: int) -> Play:
        """The run that changed so, trained to ``length`` steps."""
        play = cls(segments[0].design)
        for at, segment in enumerate(segments):
            play.run.extend_to(segment.start)
            if at:
                play.run = changed(play.run, segment.start, segment.design, play._all)
            if segment.numbers:
                play.run = with_numbers(play.run, segment.numbers)
            play.design = segment.design
        play.segments = segments
        play.run.extend_to(length)
        play.at = play.length
        return play

    # -- what there is -----------------------------------------------------------------------------

    @property
    def dataset(self) -> Dataset:
        """What is learnt from, without the examples that are left out."""
        return self._all.without(self.design.left_out)

    @property
    def program(self) -> PlayProgram:
        """What trains now."""
        assert isinstance(self.run.program, PlayProgram)
        return self.run.program

    @property
    def shape(self) -> Network:
        """The network as it is now."""
        return self.program.shape

    @property
    def length(self) -> int:
        """How many steps were taken."""
        return self.run.length

    @property
    def steps_taken(self) -> int:
        """Steps of this run and its rivals, for who shows them as they train."""
        return self.length + sum(rival.run.length for rival in self.rivals)

    @property
    def steps_per_epoch(self) -> int:
        """How many steps use every example once."""
        return self.program.steps_per_epoch

    @property
    def finite(self) -> bool:
        """Whether the last loss is a number."""
        return finite(self.run)

    def design_at(self, k: int) -> Design:
        """The design that step ``k`` was trained by."""
        return next(s.design for s in reversed(self.segments) if s.start <= k)

    def shape_at(self, k: int) -> Network:
        """The network as it was at step ``k``."""
        return self.program_at(k).shape

    def program_at(self, k: int) -> PlayProgram:
        """What trained step ``k``."""
        program = holding(self.run, k).program
        assert isinstance(program, PlayProgram)
        return program

    # -- training ----------------------------------------------------------------------------------

    def step(self) -> float:
        """One iteration, and its loss."""
        loss = self.run.advance()
        self.at = self.length
        return loss

    def train_for(self, seconds: float, most: int | None = None) -> bool:
        """Train for a while, ``most`` steps at most; ``False`` at the stop or the end of numbers.

        Rivals are trained as far; the scrubber follows the last step.
        """
        start, others = self.length, [rival.run for rival in self.rivals]
        more = train_abreast(self.run, others, self._goal(), seconds, most)
        self.at = self.length
        return more and not self._reached(start)

    def _goal(self) -> int | None:
        goals = [] if self.stop.step is None else [self.stop.step]
        if self.stop.epoch is not None:
            goals.append(self.stop.epoch * self.steps_per_epoch)
        return min(goals, default=None)

    def _reached(self, start: int) -> bool:
        """Whether one of the losses since ``start`` is as small as was asked for."""
        wanted = self.stop.loss
        return wanted is not None and any(loss <= wanted for loss in self.run.losses[start:])

    # -- changes -----------------------------------------------------------------------------------

    def change(self, design: Design) -> None:
        """Train on with another design: weights that survive are kept, and so is the past.

        What makes other data or another seed begins anew. A :class:`PlayError` changes nothing.
        """
        if design == self.design:
            return
        before = self._now
        if any(getattr(design, dial) != getattr(self.design, dial) for dial in OTHER_DATA):
            self.design = design
            try:
                self._begin()
            except PlayError:
                self.design = before.design
                raise
        else:
            self.run, self.segments = self._going_on(self.length, design, {})
            self.design, self.rivals = design, ()
            self.at = self.length
        self._remember(before)

    def _going_on(
        self, k: int, design: Design, numbers: Mapping[str, float]
    ) -> tuple[Run, Segments]:
        """The run that trains ``design`` from step ``k`` on, and its changes.

        Numbers that were set by hand at that very step stay set, where there are such cells still.
        """
        run = changed(self.run, k, design, self._all)
        before = {a: n for s in self.segments if s.start == k for a, n in s.numbers.items()}
        numbers = {**{a: n for a, n in before.items() if found_cell(run, a)}, **numbers}
        if numbers:
            run = with_numbers(run, numbers)
        kept = (segment for segment in self.segments if segment.start < k)
        return run, (*kept, Segment(k, design, numbers))

    def rewind(self) -> None:
        """Back to the beginning with the same seed and the design of now."""
        before = self._now
        self._begin()
        self._remember(before)

    def reseed(self, seed: int) -> None:
        """Begin anew from another seed."""
        self.change(self.design.changed(seed=seed))

    # -- taking back -------------------------------------------------------------------------------

    @property
    def _now(self) -> Before:
        return Before(self._all, self.run, self.design, self.segments, self.rivals)

    def _remember(self, before: Before) -> None:
        """Let what has just been done be taken back."""
        most = TABLES // (COPIES * before.data.inputs.nbytes + 1)
        self._past = [*self._past, before][-min(max(most, 1), MOST_UNDONE) :]
        share(self._now.runs)
        now = set(map(id, self._now.runs))
        share([run for past in self._past for run in past.runs if id(run) not in now])

    def undo(self) -> bool:
        """Take the last thing back that was done to the run; ``False`` if there is none.

        That is anything but training: a dial, a layer, an example left out, a weight set by hand,
        a fork, a race, other data, a new seed, a new beginning.
        """
        if not self._past:
            return False
        self._all, self.run, self.design, self.segments, self.rivals = self._past.pop()
        self.at = self.length
        return True

    # -- looking back ------------------------------------------------------------------------------

    def go_to(self, k: int) -> None:
        """Move the scrubber to a step of the past."""
        self.at = min(max(0, k), self.length)

    def trace_at(self, k: int) -> Trace:
        """Training step ``k`` as the engine takes it from the run's very numbers."""
        return self.run.trace_at(k)

    def numbers(self, k: int) -> State:
        """What the network knew before step ``k``: ``W1``, ``b1``, and memories as ``W1.v``."""
        return self.run.state_at(min(k, self.length))

    def gradients(self, k: int) -> Packed:
        """The gradient of the loss of step ``k`` by each weight: ``W1``, ``b1`` …."""
        return self.program_at(k).gradients(k, self.numbers(k))

    def measured(self, name: str, k: int) -> float:
        """``train_loss``, ``test_loss``, ``accuracy`` or ``test_accuracy`` before step ``k``."""
        return self.run.measured(name, min(k, self.length))

    # -- asking ------------------------------------------------------------------------------------

    def ask(self, numbers: State, points: np.ndarray, k: int | None = None) -> np.ndarray:
        """What the network says of points (rows, columns of the data): (rows, outputs).

        From −1 to 1 for squared error, probabilities for −log p, numbers in a regression. The
        network is that of step ``k``, whose ``numbers`` they are; else that of now.
        """
        shape = self.shape if k is None else self.shape_at(k)
        return outputs.answers(shape, self._layers(shape, numbers, points)[-1])

    def units(self, numbers: State, points: np.ndarray, k: int | None = None) -> list[np.ndarray]:
        """What every unit puts out for points: (rows, units) for each hidden layer."""
        shape = self.shape if k is None else self.shape_at(k)
        return self._layers(shape, numbers, points)[:-1]

    def _layers(self, shape: Network, numbers: State, points: np.ndarray) -> list[np.ndarray]:
        return outputs.layers(shape, numbers, matrix(shape.inputs, self._all, points))

    def confusion(self, k: int, test: bool = True) -> np.ndarray:
        """How many examples of each class (rows) were said to be of each class (columns)."""
        classes = len(self._all.classes)
        if not classes:
            raise PlayError("Numbers are predicted here: there are no classes.", "no_classes")
        program = self.program_at(k)
        rows = self._all.test if test else program.train
        sums = outputs.layers(program.shape, self.numbers(k), program.inputs[rows])[-1]
        found = np.zeros((classes, classes), dtype=np.int64)
        said = outputs.classes(program.shape, sums)
        np.add.at(found, (self._all.targets[rows].astype(np.int64), said), 1)
        return found

    # -- side by side ------------------------------------------------------------------------------

    def fork(self, k: int, change: Change, *, beside: bool = True) -> None:
        """Go on from step ``k`` with one thing changed; the run as it was becomes the rival.

        The design is that of then: what was changed later is not done again. Not ``beside``: the
        changed run is alone.
        """
        then = self.design_at(k)
        design = then.changed(**change.dials)
        if any(getattr(design, dial) != getattr(self.design, dial) for dial in OTHER_DATA):
            raise PlayError(
                "A run on other data has another past: turn that dial instead of forking.",
                "fork_other_data",
            )
        run, segments = self._going_on(k, design, change.numbers)
        before = self._now
        self.rivals = (Rival(self.run, self.design, change),) if beside else ()
        self.run, self.design, self.segments = run, design, segments
        self.at = k
        self._remember(before)

    def copy(self) -> Play:
        """The same place with runs of its own; neither notices what the other does.

        Only what was there before the last changes, which both can take back, is shared.
        """
        twin = object.__new__(Play)
        twin.__dict__.update(self.__dict__)
        twin.run = self.run.copy()
        twin.rivals = tuple(rival._replace(run=rival.run.copy()) for rival in self.rivals)
        twin._past = list(self._past)
        return twin

    def race(self, designs: tuple[Design, ...]) -> None:
        """Let designs train from step 0 beside this one, on the same seed and batches."""
        if len(designs) + 1 > MOST_LANES:
            raise PlayError(
                f"A race has {MOST_LANES} runs at most, not {len(designs) + 1}.",
                "too_many_lanes",
                most=MOST_LANES,
            )
        for design in designs:
            if any(getattr(design, dial) != getattr(self.design, dial) for dial in OTHER_DATA):
                raise PlayError("A race is run on the same data and seed.", "race_other_data")
        before, rivals = self._now, tuple(Rival(self._run(design), design) for design in designs)
        self._begin()
        self.rivals = rivals
        self._remember(before)

    def alone(self) -> None:
        """Leave the rivals."""
        before, self.rivals = self._now, ()
        self._remember(before)

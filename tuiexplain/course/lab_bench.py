"""A training step of a lab model in the learner's hands: open in the training process."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from tuiexplain.course.bench import Axis, Lane, Listing, Refused
from tuiexplain.course.lesson import Part
from tuiexplain.course.schema import Race, Setting
from tuiexplain.course.text import without_controls
from tuiexplain.course.walk import Place, Walk
from tuiexplain.lab.conversation import Conversation
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.protocol import Entered, EnterStep, Finished, StepOnce
from tuiexplain.lab.remote import RemoteTrace
from tuiexplain.trace.event import Event
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.player import Player
from tuiexplain.trace.replay import Edit
from tuiexplain.trace.run import State
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Value

MOST_LINES = 5_000
"""Lines of a source file that are shown."""


class LabHistory:
    """What the interface has heard of a run; its owner adds to ``losses`` and ``scores``."""

    def __init__(
        self,
        losses: Sequence[float] = (),
        scores: Mapping[str, Mapping[int, float]] | None = None,
    ) -> None:
        """``scores``: for each measure (``val_loss``), the steps at which it was told."""
        self.losses, self.scores = losses, scores or {}

    @property
    def length(self) -> int:
        """How many losses there are."""
        return len(self.losses)

    def trace_at(self, step: int) -> Trace:
        """Refused: steps are opened by the bench."""
        raise Refused("lab_other_step", step=self.length)

    def state_at(self, step: int) -> State:
        """Refused: the parameters are in another process, and only those of now."""
        raise Refused("lab_other_step", step=self.length)

    @property
    def measures(self) -> Sequence[str]:
        """Names of what was measured."""
        return tuple(self.scores)

    def measured(self, name: str, step: int) -> float:
        """The measure at ``step``, NaN where it was not taken."""
        return self.scores[name].get(step, math.nan)

    def steps_to_measure(self, until: int, most: int) -> Sequence[int]:
        """The latest ``most`` steps at which everything was measured."""
        told = [set(steps) for steps in self.scores.values()]
        return sorted(k for k in set.intersection(*told) if k < until)[-most:] if told else []


class LabBench:
    """Implements :class:`~tuiexplain.course.bench.Bench` for the step that a worker has opened.

    The run stands before this step. Going past its end lets the run take it and opens the next;
    earlier steps are gone (their weights were overwritten), so opening another step is refused.
    Numbers cannot be changed: PyTorch recorded them, and there is nothing here to run them again.
    """

    def __init__(
        self,
        part: Part,
        worker: Conversation,
        entered: Entered,
        *,
        run: LabHistory | None = None,
        steps: int | None = None,
        steps_per_epoch: int = 1,
    ) -> None:
        """``entered`` is the worker's answer to ``EnterStep``; ``steps`` how many the run has."""
        self.part, self.worker = part, worker
        self.settings: dict[str, Setting] = part.settings()
        self.seed = part.spec.seed
        self.run, self.rival = run or LabHistory(), None
        self.axis: Axis = "updates"
        self.race: Race | None = None
        self.steps, self.steps_per_epoch = steps, steps_per_epoch
        self.edits: list[Edit] = []
        self.seen = 0
        self.base: RemoteTrace
        self.player: Player
        self._show(entered)

    @classmethod
    def enter(cls, part: Part, worker: Conversation, **more: Any) -> Self:
        """Open the step that the worker's run stands before; waits until it is recorded."""
        worker.send(EnterStep())
        return cls(part, worker, _entered(worker), **more)

    def _show(self, entered: Entered) -> None:
        self.base = RemoteTrace(self.worker, entered)
        self.training_step = entered.step
        self.player = Player(self.base)
        self._walk: Walk | None = None

    @property
    def lanes(self) -> tuple[Lane[LabHistory], ...]:
        """The run, alone."""
        return (Lane(self.run, self.settings, self.steps_per_epoch),)

    def start_race(self, race: Race) -> None:
        """A worker trains one network at a time."""
        raise Refused("no_race")

    def end_race(self) -> None:
        """It is alone."""

    def copy(self) -> LabBench:
        """The same open step, with a cursor of its own."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.player = Player(self.base, self.player.position)
        return twin

    # -- where -----------------------------------------------------------------------------------

    @property
    def trace(self) -> RemoteTrace:
        """The open training step."""
        return self.base

    @property
    def place(self) -> Place:
        """Where the learner is."""
        return Place(self.training_step, self.player.position)

    learns = True
    code_name = "torch"

    @property
    def last_training_step(self) -> int:
        """The run's last step, if it has one; else this one is followed by another."""
        return self.training_step + 1 if self.steps is None else self.steps - 1

    @property
    def off_the_walk(self) -> bool:
        """The words of a lab lesson cite no numbers of an open step."""
        return False

    @property
    def walk(self) -> Walk:
        """The lesson's steps over the open step."""
        if self._walk is None:
            self._walk = Walk(self.part.spec, [self.base], self.training_step)
        return self._walk

    @property
    def step_id(self) -> str:
        """The step of the lesson whose words explain the current event."""
        training_step, position = self.place
        # Before its first operation, too, the words are those of the open step.
        return self.walk.step_at(Place(training_step, max(1, position))).id

    def open(self, training_step: int, position: int = 0) -> None:
        """Stay, or go on to the next step: the run takes the open one then."""
        if training_step == self.training_step:
            self.player.go_to(position)
        elif self.base.spoilt is not None and training_step > self.training_step:
            raise Refused("lab_stuck", name=self.base.symbol(self.base.spoilt))
        elif training_step == self.training_step + 1:
            self.worker.send(StepOnce())
            self.worker.send(EnterStep())
            try:
                self._show(self._next(position))
            except LabError as error:
                raise Refused("lab_lost", sentence=error) from None
            self.player.go_to(position)
        else:
            raise Refused("lab_other_step", step=self.training_step)

    def _next(self, position: int) -> Entered:
        """The step after this one, in which the learner will be at ``position``; LabError if lost."""
        return _entered(self.worker)

    def open_end(self, training_step: int) -> None:
        """Go to the end of the open step or of the next one."""
        self.open(training_step)
        self.player.go_to(len(self.player))

    def open_first(self) -> None:
        """Go to the beginning of the open step."""
        self.player.go_to(0)

    def open_last(self) -> None:
        """Go to the end of the open step."""
        self.player.go_to(len(self.player))

    def open_spoilt(self) -> Value | None:
        """Go to the event that made the first number that is not finite; what it made, if any."""
        spoilt = self.base.spoilt
        if spoilt is not None and spoilt.producer is not None:
            self.player.go_to(spoilt.producer + 1)
        return spoilt

    def at_hand(self) -> Mapping[int, Trace]:
        """The open step."""
        return {self.training_step: self.base}

    def trace_before(self, training_step: int) -> Trace | None:
        """It is gone."""
        return None

    def listing(self, event: Event | None) -> Listing:
        """The file that ``event`` stands in; at the start, that of the first event."""
        here = event or next(iter(self.base.events), None)
        if here is None or here.site is None:
            return Listing("", None)
        place = here.site
        text = without_controls(self.base.source(place.file))
        text = "\n".join(text.split("\n")[:MOST_LINES])
        if event is None:
            return Listing(text, None)
        within = (place.column, place.end_column) if place.line == place.end_line else None
        return Listing(text, place.line, within)

    # -- what if ---------------------------------------------------------------------------------

    changeable = False
    drawn_by_seed = True

    def edit(self, value: Value, cell: Cell, number: float) -> None:
        """Refused."""
        raise Refused("lab_fixed")

    def edit_all(self, value: Value, numbers: np.ndarray) -> None:
        """Refused."""
        raise Refused("lab_fixed")

    def undo(self) -> bool:
        """There is nothing to take back."""
        return False

    def turn(self, dial: str, setting: Any) -> None:
        """Refused."""
        raise Refused("lab_fixed")

    def rewind(self) -> None:
        """Refused."""
        raise Refused("lab_fixed")

    def reseed(self, seed: int) -> None:
        """Refused."""
        raise Refused("lab_fixed")

    def fork(self) -> None:
        """Refused."""
        raise Refused("lab_fixed")

    # -- training --------------------------------------------------------------------------------

    @property
    def steps_taken(self) -> int:
        """How many training steps the run has taken."""
        return self.training_step

    def begin_training(self) -> None:
        """Refused: the run goes on where it is watched."""
        raise Refused("lab_train")

    def train_for(self, seconds: float, most: int | None = None) -> bool:
        """Refused."""
        raise Refused("lab_train")

    def watch(self) -> None:
        """The step that is open is the one that the run stands before."""


def _entered(worker: Conversation) -> Entered:
    """The worker's answer; LabError if its process ends instead, or the run does."""
    found = worker.wait_for(Entered)
    if isinstance(found, Entered):
        return found
    if isinstance(found, Finished):
        raise LabError("the run has ended: start it again with --resume.", "gone")
    raise worker.last_words

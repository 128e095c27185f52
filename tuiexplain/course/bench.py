"""What a screen needs of a part in the learner's hands, wherever its numbers are computed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Protocol, TypeVar

import numpy as np

from tuiexplain.course.schema import Race, Setting
from tuiexplain.course.walk import Place, Walk
from tuiexplain.trace.event import Event
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.player import Player
from tuiexplain.trace.replay import Edit
from tuiexplain.trace.run import State
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Value

if TYPE_CHECKING:
    from tuiexplain.course.lesson import Part


class Refused(Exception):  # noqa: N818 - an answer to the learner, not a fault
    """Something that cannot be done here; ``key`` and ``fields`` are for the interface's words."""

    def __init__(self, key: str, **fields: object) -> None:
        super().__init__(key)
        self.key, self.fields = key, fields


class History(Protocol):
    """The training steps that were taken."""

    @property
    def losses(self) -> Sequence[float]:
        """The loss of each, from step 0."""

    @property
    def length(self) -> int:
        """How many."""

    def trace_at(self, step: int) -> Trace:
        """Training step ``step``, or :class:`Refused`."""

    def state_at(self, step: int) -> State:
        """The parameters before training step ``step``."""

    @property
    def measures(self) -> Sequence[str]:
        """Names of what is measured besides the loss."""

    def measured(self, name: str, step: int) -> float:
        """A measure, with the parameters that the loss of ``step`` is of."""

    def steps_to_measure(self, until: int, most: int) -> Sequence[int]:
        """The steps below ``until`` at which there are measures."""


R_co = TypeVar("R_co", bound=History, covariant=True)

Axis = Literal["updates", "epochs"]
"""What is counted: changes of the parameters, or passes over all the examples."""


class Lane(NamedTuple, Generic[R_co]):
    """A run, and the dials that it was made with."""

    run: R_co
    settings: Mapping[str, Setting]
    steps_per_epoch: int = 1

    def per_step(self, axis: Axis) -> float:
        """How much of the axis one training step takes."""
        return 1.0 / self.steps_per_epoch if axis == "epochs" else 1.0

    def reached(self, axis: Axis) -> float:
        """How far it was trained."""
        return self.run.length * self.per_step(axis)

    @property
    def finite(self) -> bool:
        """Whether the last loss is a number."""
        return not self.run.losses or math.isfinite(self.run.losses[-1])


class Listing(NamedTuple):
    """A program as text, and the line that runs (from 1), if any."""

    text: str
    line: int | None
    columns: tuple[int, int] | None = None
    """Where in the line."""


class Bench(Protocol):
    """One part being worked on.

    Everything that changes numbers raises :class:`Refused` where ``changeable`` is false.
    """

    part: Part
    settings: dict[str, Setting]
    seed: int
    edits: list[Edit]
    seen: int
    """How many training steps the learner has watched being trained."""
    training_step: int
    player: Player

    def copy(self) -> Bench:
        """The same place, to change as one likes."""

    # -- where -----------------------------------------------------------------------------------

    @property
    def base(self) -> Trace:
        """The open step without edits."""

    @property
    def trace(self) -> Trace:
        """The open training step."""

    @property
    def place(self) -> Place:
        """Where the learner is."""

    @property
    def learns(self) -> bool:
        """Whether training steps follow each other, so that there is a next one."""

    @property
    def last_training_step(self) -> int:
        """The last training step of the way through the part."""

    @property
    def steps_per_epoch(self) -> int:
        """How many training steps use every example once."""

    @property
    def off_the_walk(self) -> bool:
        """Whether the numbers are not those that the lesson's words cite."""

    @property
    def walk(self) -> Walk:
        """The lesson's steps over the training steps that it walks through."""

    @property
    def step_id(self) -> str:
        """The step of the lesson whose words explain the current event."""

    def open(self, training_step: int, position: int = 0) -> None:
        """Open a training step, or raise :class:`Refused`."""

    def open_end(self, training_step: int) -> None:
        """Open a training step at its end."""

    def open_first(self) -> None:
        """Go to the beginning of the part."""

    def open_last(self) -> None:
        """Go to the end of the part."""

    def at_hand(self) -> Mapping[int, Trace]:
        """The traces of training steps that an outline lists operation by operation."""

    def trace_before(self, training_step: int) -> Trace | None:
        """The step that an open step's parameters come from, if it can be opened."""

    @property
    def code_name(self) -> str:
        """What the program is written with: ``numpy`` or ``torch``."""

    def listing(self, event: Event | None) -> Listing:
        """The program, and the line of ``event`` in it."""

    # -- what if ---------------------------------------------------------------------------------

    @property
    def changeable(self) -> bool:
        """Whether numbers can be set by hand, dials turned, runs forked."""

    def edit(self, value: Value, cell: Cell, number: float) -> None:
        """Set a cell by hand."""

    def edit_all(self, value: Value, numbers: np.ndarray) -> None:
        """Set all cells of a value by hand, as one change."""

    def undo(self) -> bool:
        """Take the last change back; ``False`` if there is none."""

    def turn(self, dial: str, setting: Any) -> None:
        """Turn a dial."""

    def rewind(self) -> None:
        """Back to the start, with the same seed."""

    def reseed(self, seed: int) -> None:
        """Start again from another seed."""

    @property
    def drawn_by_seed(self) -> bool:
        """Whether the seed decides anything."""

    def fork(self) -> None:
        """Train on from the open step with what was changed."""

    # -- training --------------------------------------------------------------------------------

    @property
    def run(self) -> History:
        """The training steps so far."""

    axis: Axis
    """What the lanes are compared over."""

    @property
    def rival(self) -> History | None:
        """The first of the runs that it is compared with."""

    @property
    def lanes(self) -> Sequence[Lane[History]]:
        """The run, and those that it is compared with."""

    @property
    def race(self) -> Race | None:
        """The race that is on."""

    def start_race(self, race: Race) -> None:
        """Let the race's runs start beside the learner's, from the same seed."""

    def end_race(self) -> None:
        """Be alone again."""

    @property
    def steps_taken(self) -> int:
        """How many training steps the run has taken."""

    def begin_training(self) -> None:
        """Set the goal of live training."""

    def train_for(self, seconds: float, most: int | None = None) -> bool:
        """Train for a while; ``False`` when there is no more to do."""

    def watch(self) -> None:
        """Open the step that was trained last."""

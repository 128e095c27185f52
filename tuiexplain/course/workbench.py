"""A part of a lesson in the learner's hands: its run, the open step, edits and dials."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from tuiexplain.course.bench import Axis, Lane, Listing, Refused
from tuiexplain.course.errors import CourseError
from tuiexplain.course.lanes import behind, train_together
from tuiexplain.course.lesson import Part
from tuiexplain.course.schema import Race, Setting
from tuiexplain.course.walk import Place, Walk
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.event import Event
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.numbers import format_number
from tuiexplain.trace.player import Player
from tuiexplain.trace.replay import Edit, replay
from tuiexplain.trace.run import Run
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind, Value

MOST_REPLAYED = 5_000
"""Training steps that turning a dial takes again at once; from later steps it goes back to 0."""


class Workbench:
    """One part being worked on: ``run`` trains, and with it the ``rivals`` it is compared with.

    These are the run from before a change, or the runs of a ``race`` of the lesson's.
    """

    def __init__(
        self, part: Part, settings: Mapping[str, Any] | None = None, seed: int | None = None
    ):
        self.part = part
        self.settings: dict[str, Setting] = part.settings(settings)
        self.seed = part.spec.seed if seed is None else seed
        self.run = part.run(self.settings, self.seed)
        self.rivals: tuple[Lane[Run], ...] = ()
        self.race: Race | None = None
        self.axis: Axis = part.spec.axis
        """What the lanes are compared over."""
        self.edits: list[Edit] = []
        self._forks: list[tuple[Run, tuple[Lane[Run], ...], Race | None]] = []
        """For each fork that was made, the run, the rivals and the race from before it."""
        self._before: Lane[Run] | None = None
        """The run from before the dials were turned."""
        self.seen = 0
        """How many training steps the learner has watched being trained."""
        self._turned: tuple[Place, int] | None = None
        """Where the last turn of a dial left the learner, and how many steps were seen then."""
        self._goal = part.spec.train_until
        self._walk: Walk | None = None
        self.training_step = 0
        self.base: Trace
        self.player: Player
        self.open(0)

    def copy(self) -> Workbench:
        """The same place with the same edits and runs, to change as one likes."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.settings = dict(self.settings)
        twin.run = self.run.copy()
        twin.rivals = tuple(lane._replace(run=lane.run.copy()) for lane in self.rivals)
        twin.edits, twin._forks = list(self.edits), list(self._forks)
        twin.player = Player(self.trace, self.player.position)
        return twin

    # -- the open step ---------------------------------------------------------------------------

    @property
    def trace(self) -> Trace:
        """The open training step, with the learner's edits made."""
        return self.player.trace

    @property
    def place(self) -> Place:
        """Where the learner is."""
        return Place(self.training_step, self.player.position)

    @property
    def learns(self) -> bool:
        """Whether a step leaves something to the next: an update, or the lesson walks on."""
        return self.part.spec.train_steps > 1 or any(
            event.phase == "update" for event in reversed(self.base.events)
        )

    @property
    def last_training_step(self) -> int:
        """The last training step of the walk."""
        return self.part.spec.train_steps - 1

    def open(self, training_step: int, position: int = 0) -> None:
        """Open a training step as a trace. Edits belong to a step and end with it."""
        self.base = self.part.lesson.guarded(lambda: self.run.trace_at(training_step))
        self.training_step = training_step
        self.edits = []
        self.player = Player(self.base, position)

    def open_end(self, training_step: int) -> None:
        """Open a training step at its end."""
        self.open(training_step)
        self.player.go_to(len(self.player))

    def open_first(self) -> None:
        """Open the first training step."""
        self.open(0)

    def open_last(self) -> None:
        """Open the last training step of the walk at its end."""
        self.open_end(self.last_training_step)

    @property
    def off_the_walk(self) -> bool:
        """Whether the numbers are not those of the lesson's own steps any more."""
        return (
            self.settings != self.part.settings()
            or self.seed != self.part.spec.seed
            or self.training_step > self.last_training_step
            or self.run.parent is not None
            or bool(self.edits)
        )

    # -- the walk --------------------------------------------------------------------------------

    @property
    def walk(self) -> Walk:
        """The lesson's steps over the training steps that it walks through."""
        if self._walk is None:
            steps = range(self.part.spec.train_steps)
            self._walk = Walk(self.part.spec, [self.run.trace_at(k) for k in steps])
        return self._walk

    @property
    def step_id(self) -> str:
        """The step of the lesson whose words explain the current event."""
        if self.training_step <= self.last_training_step:
            return self.walk.step_at(self.place).id
        later = Walk(self.part.spec, [self.base], self.training_step)
        return later.step_at(self.place).id

    @property
    def steps_per_epoch(self) -> int:
        """How many training steps use every example once."""
        return self.run.program.steps_per_epoch

    def at_hand(self) -> Mapping[int, Trace]:
        """The training steps that the lesson walks through."""
        return {k: self.run.trace_at(k) for k in range(self.part.spec.train_steps)}

    def trace_before(self, training_step: int) -> Trace:
        """Another step of the run."""
        return self.run.trace_at(training_step)

    def listing(self, event: Event | None) -> Listing:
        """The lesson's program, and where ``event`` stands in it."""
        place = event.site if event else None
        within = (
            (place.column, place.end_column) if place and place.line == place.end_line else None
        )
        return Listing(self.part.lesson.source(), place.line if place else None, within)

    # -- what if ---------------------------------------------------------------------------------

    def edit(self, value: Value, cell: Cell, number: float) -> None:
        """Set a cell by hand; everything downstream is computed again.

        :class:`Refused` for what a whole number cannot be, and what no operation can take.
        """
        if self.base.data(value).dtype.kind in "iu" and not number.is_integer():
            raise Refused("edit_whole")
        self._edit([Edit(value.id, cell, number)])

    def edit_all(self, value: Value, numbers: np.ndarray) -> None:
        """Set all cells of a value at once; taken back, they go together."""
        places = np.ndindex(*value.shape)
        self._edit(
            [
                Edit(value.id, tuple(cell), float(numbers[cell]), joined=at > 0)
                for at, cell in enumerate(places)
            ]
        )

    def _edit(self, edits: list[Edit]) -> None:
        before = self.edits
        self.edits = [*before, *edits]
        try:
            self._replay()
        except TraceError:
            self.edits = before
            raise Refused("edit_misfit", number=format_number(edits[0].number)) from None

    def undo(self) -> bool:
        """Take the last edit back, or the fork; ``False`` if there is neither."""
        if self.edits:
            while self.edits.pop().joined:
                pass
            self._replay()
        elif self._forks:
            self.run, self.rivals, self.race = self._forks.pop()
            self.open(self.training_step, self.player.position)
        else:
            return False
        return True

    def _replay(self) -> None:
        trace = replay(self.base, self.edits) if self.edits else self.base
        self.player = Player(trace, self.player.position)

    # -- dials and runs --------------------------------------------------------------------------

    def turn(self, dial: str, setting: Any) -> None:
        """Turn a dial: the part starts again from the same seed and goes to where it stood.

        The run as it was becomes the rival; in a race the rivals stay. A dial that is turned on and
        on is one change: the rival stays the run that the learner came with.
        """
        settings = {**self.settings, dial: self.part.setting(dial, setting)}
        if settings == self.settings:
            return
        lane, place, race, was = self.own, self.place, self.race, (self.settings, self.run)
        turned_on = self._turned == (place, self.seen)
        before = self._before if turned_on and self._before is not None else lane
        self.settings = settings
        try:
            self._restart(place if place.training_step <= MOST_REPLAYED else Place(0, 0))
        except CourseError:
            self.settings, self.run = was
            raise
        self._before = before
        if race is None:
            self.rivals = (before,)
        else:
            self.start_race(race)
        self._turned = (self.place, self.seen)

    def rewind(self) -> None:
        """Back to the start: the same seed, the same dials, so the same numbers."""
        race = self.race
        self.end_race()
        self._restart(Place(0, 0))
        if race is not None:
            self.start_race(race)

    def reseed(self, seed: int) -> None:
        """Start again from another seed."""
        self.seed = seed
        self.rewind()

    changeable = True
    code_name = "numpy"

    # -- side by side ----------------------------------------------------------------------------

    @property
    def own(self) -> Lane[Run]:
        """The learner's run as a lane."""
        return Lane(self.run, self.settings, self.steps_per_epoch)

    @property
    def lanes(self) -> tuple[Lane[Run], ...]:
        """The learner's run, and those that it is compared with."""
        return (self.own, *self.rivals)

    @property
    def rival(self) -> Run | None:
        """The first of the runs that the learner's is compared with."""
        return self.rivals[0].run if self.rivals else None

    def start_race(self, race: Race) -> None:
        """Let the race's runs start beside the learner's, from the same seed.

        One with the learner's own dials is the learner's own.
        """
        self.race = race
        lanes = []
        for name in race.runs:
            told = self.part.named_run(name)
            assert told is not None
            settings = self.part.settings(told.dials)
            if settings != self.settings or told.edits:
                run = self.part.run(settings, self.seed, told.edits)
                lanes.append(Lane(run, settings, run.program.steps_per_epoch))
        self.rivals = tuple(lanes)

    def end_race(self) -> None:
        """Be alone again."""
        self.race, self.rivals, self._before = None, (), None

    @property
    def drawn_by_seed(self) -> bool:
        """Whether the seed decides anything: a number of the network, or the order of the rows."""
        if self.run.program.steps_per_epoch > 1:
            return True
        start = self.run.trace_at(0)
        return any(value.origin.source == "seed" for value in start.values)

    def _restart(self, place: Place) -> None:
        self.run = self.part.run(self.settings, self.seed)
        self._walk = None
        self._forks = []
        self.seen = 0
        self.open(*place)

    def fork(self) -> None:
        """Train on from the open step with what was changed, beside the run as it was.

        What was changed is the edits of weights, or else the dial turned last.
        """
        step, kept = self.training_step, (self.run, self.rivals, self.race)
        turned = self._before
        if self.edits:
            numbers = {self._state_cell(e): e.number for e in self.edits}
            before = self.own
            self.run = self.run.fork(step, numbers, self.run.make_program)
        elif turned is not None and turned.run.make_program is not self.run.make_program:
            before = turned
            self.run = before.run.fork(step, None, self.run.make_program)
        else:
            raise Refused("nothing_to_fork")
        self.rivals, self.race = (before,), None
        self._forks.append(kept)
        self.open(step, self.player.position)

    def _state_cell(self, edit: Edit) -> tuple[str, Cell]:
        value = self.base.values[edit.value]
        if value.producer is not None or value.kind not in (Kind.PARAMETER, Kind.STATE):
            raise Refused("fork_only_state", cell=self.base.symbol(value))
        return value.name, edit.cell

    # -- training --------------------------------------------------------------------------------

    def begin_training(self) -> None:
        """Train to the lesson's limit; where that is reached already, as much again."""
        limit = self.part.spec.train_until
        if limit is not None and self.part.spec.axis == "epochs":
            limit *= self.run.program.steps_per_epoch
        self._goal = limit
        while limit is not None and self._goal is not None and self._goal <= self.run.length:
            self._goal += limit

    def train_for(self, seconds: float, most: int | None = None) -> bool:
        """Train for a while, ``most`` steps at most; ``False`` at the goal or the end of numbers.

        The runs that it is compared with are trained as far: as many updates or, where the axis is
        epochs, as many passes over the examples. Their steps count among ``most``.
        """
        most = sys.maxsize if most is None else most
        own, rivals, axis, goal = self.own, self.rivals, self.axis, self._goal
        self.part.lesson.guarded(lambda: train_together(own, rivals, axis, goal, seconds, most))
        self.seen = self.run.length
        there = goal is not None and self.run.length >= goal
        return not (there or not self.finite) or behind(own, rivals, axis) is not None

    @property
    def steps_taken(self) -> int:
        """How many training steps were taken, those of the runs that it is compared with too."""
        return sum(lane.run.length for lane in self.lanes)

    @property
    def finite(self) -> bool:
        """Whether the last loss is a number."""
        return self.own.finite

    def watch(self) -> None:
        """Open the step that was trained last, the cursor where it is."""
        self.open(max(0, self.run.length - 1), self.player.position)

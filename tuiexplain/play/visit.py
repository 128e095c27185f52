"""A step of a run entered: a lesson made for it, which the lessons' own screen steps through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tuiexplain.course.bench import Lane, Refused
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.prose import Prose
from tuiexplain.course.session import Session
from tuiexplain.course.structure import read_structure
from tuiexplain.course.walk import Place, Walk
from tuiexplain.course.workbench import Workbench
from tuiexplain.play.changes import Change
from tuiexplain.play.errors import PlayError
from tuiexplain.play.play import Play
from tuiexplain.play.wording import data_name
from tuiexplain.trace import cells
from tuiexplain.trace.run import Run
from tuiexplain.trace.trace import Trace

WORDS = Path(__file__).parent / "entering"
"""What is said of a step, in the form of a lesson."""


class _Step(Lesson):
    """The words of an entered step; its program is that of the design then."""

    edited = False

    def __init__(self, play: Play) -> None:
        spec, faults = read_structure(WORDS / "lesson.toml")
        assert spec is not None, faults
        super().__init__(spec, WORDS)
        self._data = play.design.data, play.dataset.name
        self._widths = "-".join(map(str, play.shape.widths))
        self.text = ""

    def prose(self, language: str) -> Prose:
        """The words, with the data and the network for a title."""
        prose = super().prose(language)
        title = f"{data_name(*self._data, language)} · {self._widths}"
        return replace(prose, head=replace(prose.head, title=title))

    def source(self, file: str = "network.py") -> str:
        """The program of the step that is open."""
        return self.text


class EnteredBench(Workbench):
    """The run of a playground, one of its steps open. It has no dials: the playground has them."""

    def __init__(self, play: Play, lesson: _Step, k: int) -> None:
        self.play, self._lesson = play, lesson
        self.part = lesson.parts[0]
        self.settings, self.seed = {}, play.design.seed
        self.race, self.axis = None, "updates"
        self.edits, self._forks = [], []
        self._before = self._turned = self._goal = self._walk = None
        self.seen = 0
        self._entered = Place(k, 0)
        self._taken = play.length
        """How many steps the run has, without those that were only looked at."""
        self._before_forks: list[int] = []
        self._take(k, 0)

    def copy(self) -> EnteredBench:
        """The same place in a playground of its own."""
        place, edits = self.place, list(self.edits)
        twin = EnteredBench(self.play.copy(), self._lesson, place.training_step)
        twin.edits = edits
        twin._replay()
        twin.player.go_to(place.position)
        twin._taken, twin._entered = self._taken, self._entered
        return twin

    def train_for(self, seconds: float, most: int | None = None) -> bool:
        """Train the run for a while: it keeps these steps."""
        more = super().train_for(seconds, most)
        self._taken = self.run.length
        return more

    def leave(self) -> None:
        """Back to the playground: the step after the last was only looked at, not taken."""
        self.run.shorten_to(self._taken)

    def open(self, training_step: int, position: int = 0) -> None:
        """Open a step of the run, and the program that took it."""
        self._lesson.text = self.play.program_at(training_step).text()
        super().open(training_step, position)

    def open_first(self) -> None:
        """Go to the beginning of the step."""
        self.open(self.training_step)

    # -- no way through it but the run's own ---------------------------------------------------------

    @property
    def last_training_step(self) -> int:
        """There is always one more."""
        return max(self.run.length, self.training_step + 1)

    @property
    def off_the_walk(self) -> bool:
        """The words cite no numbers, so they hold anywhere."""
        return bool(self.edits)

    @property
    def walk(self) -> Walk:
        """The words over the open step."""
        return Walk(self.part.spec, [self.base], self.training_step)

    @property
    def step_id(self) -> str:
        """The words that explain the current event; at first, how a step is gone through."""
        if self.place == self._entered:
            return self.part.spec.steps[0].id
        return self.walk.step_at(self.place).id

    def at_hand(self) -> Mapping[int, Trace]:
        """The open step."""
        return {self.training_step: self.base}

    # -- changes -----------------------------------------------------------------------------------

    def fork(self) -> None:
        """Train on from here with the weights that were set; the playground goes on with that run."""
        if not self.edits:
            raise Refused("nothing_to_fork")
        step, position = self.training_step, self.player.position
        found = [(self._state_cell(edit), edit.number) for edit in self.edits]
        numbers = {cells.write(name, cell): number for (name, cell), number in found}
        try:
            self.play.fork(step, Change(step, numbers=numbers))
        except PlayError as error:
            if error.key == "not_finite":
                raise Refused("fork_not_finite", **error.fields) from None
            raise Refused("nothing_to_fork") from None
        self._before_forks.append(max(self._taken, step))
        self._taken = self.play.length
        self._take(step, position)

    def undo(self) -> bool:
        """Take the last edit back, or the fork."""
        if self.edits or not self._before_forks:
            return super().undo()
        self._taken = self._before_forks.pop()
        self.play.undo()
        self._take(self.training_step, self.player.position)
        return True

    def _take(self, step: int, position: int) -> None:
        self.run = self.play.run
        self.rivals = tuple(
            Lane(rival.run, {}, rival.run.program.steps_per_epoch) for rival in self.play.rivals
        )
        self.open(step, position)

    def rewind(self) -> None:
        """To the first step: the numbers are the same."""
        self.open(0)

    def reseed(self, seed: int) -> None:
        """Refused: the seed is the playground's."""
        raise Refused("play_seed")

    @property
    def own(self) -> Lane[Run]:
        """The run as a lane."""
        return Lane(self.run, {}, self.steps_per_epoch)


def enter(play: Play, k: int) -> Session:
    """A session in which step ``k`` of the run is open; nothing of it is kept among the lessons.

    What is forked in it, the playground goes on with: it is ``session.bench.play``, which is a copy
    of ``play`` after something was taken back.
    """
    lesson = _Step(play)
    session = Session(lesson)
    session.kept = False
    session.benches[lesson.parts[0].id] = EnteredBench(play, lesson, k)
    return session

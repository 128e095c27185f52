"""The way through the parts of a lesson that are runs of the lab: watched, entered, left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tuiexplain.course.bench import Bench
from tuiexplain.course.lesson import Part
from tuiexplain.course.schema import Prediction, Setting
from tuiexplain.course.workbench import Workbench

if TYPE_CHECKING:
    from tuiexplain.course.lab_rest import LabRest
    from tuiexplain.course.session import Answer


class LabWay:
    """What a session does where a part is a run."""

    benches: dict[str, Bench]
    question: Prediction | None
    answers: dict[str, Answer]

    @property
    def bench(self) -> Bench:
        """The current part."""
        raise NotImplementedError

    @property
    def watching(self) -> LabRest | None:
        """The current part, if it is a run that is watched: no step of it is open."""
        return _rest(self.bench)

    def rests(self) -> list[LabRest]:
        """Every run that there is."""
        found = [_rest(bench) or _rest_of_step(bench) for bench in self.benches.values()]
        return [rest for rest in found if rest is not None]

    def enter_step(self) -> None:
        """Open the training step that the run stands before."""
        assert self.watching is not None
        self.question = None
        self.benches[self.bench.part.id] = self.watching.enter()

    def open_step(self) -> bool:
        """Go into the step that was being opened, if it is open now."""
        step = self.watching.opened() if self.watching is not None else None
        if step is None:
            return False
        self.question = None
        self.benches[self.bench.part.id] = step
        return True

    def leave_step(self) -> bool:
        """Back to watching the run; ``False`` if no step of one is open."""
        rest = _rest_of_step(self.bench)
        if rest is None:
            return False
        self.question = None
        self.benches[self.bench.part.id] = rest
        return True

    def close(self) -> None:
        """End every run."""
        for rest in self.rests():
            rest.lab.close()

    def next_of_a_run(self, bench: LabRest) -> bool:
        """To the next question, or into the step that the run stands before."""
        if self.question is not None:
            asked = bench.questions
            at = asked.index(self.question) + 1 if self.question in asked else len(asked)
            self.question = asked[at] if at < len(asked) else None
        elif not self.ask_first():
            self.enter_step()
        return True

    def ask_first(self) -> bool:
        """Ask what is to be answered before the run trains; ``False`` if nothing is."""
        asked = self.watching.questions if self.watching is not None else []
        left = [question for question in asked if question.id not in self.answers]
        if not left:
            return False
        self.question = left[0]
        return True


def new_bench(
    part: Part, settings: Mapping[str, Setting] | None = None, seed: int | None = None
) -> Bench:
    """A part to work on, at its start."""
    if part.spec.lab is None:
        return Workbench(part, settings, seed)
    # Few lessons have a run: the others need not wait for what it takes.
    from tuiexplain.course.lab_rest import LabRest

    return LabRest(part, settings, seed)


def _rest(bench: Bench) -> LabRest | None:
    if bench.part.spec.lab is None:
        return None
    from tuiexplain.course.lab_rest import LabRest

    return bench if isinstance(bench, LabRest) else None


def _rest_of_step(bench: Bench) -> LabRest | None:
    if bench.part.spec.lab is None:
        return None
    from tuiexplain.course.lab_rest import LabStep

    return bench.rest if isinstance(bench, LabStep) else None

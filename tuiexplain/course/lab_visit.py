"""A run of `tuiexplain train`, watched from another terminal on the screen of a lesson's run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tuiexplain.course.bench import Refused
from tuiexplain.course.lab_rest import LabRest
from tuiexplain.course.lab_run import LabRun
from tuiexplain.course.lab_stage import Stage
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.prose import Prose
from tuiexplain.course.schema import LessonSpec, PartSpec
from tuiexplain.course.session import Session
from tuiexplain.course.structure import read_structure
from tuiexplain.lab import protocol as say
from tuiexplain.lab.attached import Attached
from tuiexplain.lab.settings import Settings

WORDS = Path(__file__).parent / "visiting"
"""What is drawn of a run, and which keys there are: in the form of a lesson."""


class VisitedRun(LabRun):
    """A run that was there before, and goes on when it is left: nothing of it is removed."""

    ours = False

    def __init__(self, attached: Attached) -> None:
        super().__init__(attached.settings, attached.out)
        self.worker = attached
        self.stage = Stage.STARTING

    def train(self) -> None:
        """Let it go on. Refused where it has ended."""
        if self.worker is None:
            raise Refused("lab_ended")
        super().train()

    def close(self) -> None:
        """Leave."""
        self._hang_up()

    def _take(self, message: say.Message) -> None:
        known = self.heard.evaluations
        if isinstance(message, say.Evaluated) and known and message.step <= known[-1].step:
            return  # a newcomer is told the last one, which is written down too
        super()._take(message)

    def _ended(self, message: say.Message) -> None:
        super()._ended(message)
        if isinstance(message, say.Finished):
            self.heard.step = message.step
            self.stage = Stage.DONE if message.done else Stage.BROKEN


class VisitedRest(LabRest):
    """That run, while no step of it is open."""

    def __init__(self, part: Part, run: VisitedRun) -> None:
        self._run = run
        super().__init__(part)

    def _new_run(self) -> LabRun:
        return self._run

    def _check(self) -> None:
        """Its dials turn while it trains: nothing else has to go with them."""

    def make_fresh(self) -> None:
        """Refused: another run is for who started it."""
        raise Refused("lab_visited")

    def train(self) -> None:
        """Let it go on. Refused where it has ended."""
        self.lab.train()

    def rewind(self) -> None:
        """Refused: another run is for who started it."""
        raise Refused("lab_visited")

    def reseed(self, seed: int) -> None:
        """Refused: another run is for who started it."""
        raise Refused("lab_visited")


class _Visit(Lesson):
    """The words of a visit, under the name of its run."""

    edited = False

    def __init__(self, run: VisitedRun) -> None:
        spec, faults = read_structure(WORDS / "lesson.toml")
        assert spec is not None, faults
        super().__init__(_about(run.settings, spec), WORDS)
        data = Path(run.settings.data).name
        self._title = " · ".join(filter(None, (run.settings.model, data, run.folder.name)))

    def prose(self, language: str) -> Prose:
        """The words, with the run for a title."""
        prose = super().prose(language)
        return replace(prose, head=replace(prose.head, title=self._title))


def visit(attached: Attached) -> Session:
    """A session in which a run is watched; nothing of it is kept among the lessons."""
    run = VisitedRun(attached)
    lesson = _Visit(run)
    session = Session(lesson)
    session.kept = False
    part = lesson.parts[0]
    session.benches[part.id] = VisitedRest(part, run)
    return session


def _about(settings: Settings, spec: LessonSpec) -> LessonSpec:
    """The part for what the model reads, with the pictures that there are of it."""
    wanted = "images" if settings.model == "cnn" else "text"
    part = next(p for p in spec.parts if p.id == wanted)
    assert part.lab is not None
    attends = settings.model == "gpt"
    pictures = tuple(p for p in part.lab.pictures if attends or p != "attention")
    lab = part.lab._replace(model=settings.model, pictures=pictures)
    return spec._replace(parts=(_with_rate(part._replace(lab=lab), settings.lr),), shows=part.id)


def _with_rate(part: PartSpec, lr: float) -> PartSpec:
    dials = [d._replace(default=lr) if d.id == "lr" else d for d in part.dials]
    return part._replace(dials=tuple(dials))

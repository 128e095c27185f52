"""A part that trains in the lab, while it is watched; and one of its steps, while that is open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from tuiexplain.course.bench import Listing, Refused
from tuiexplain.course.errors import CourseError
from tuiexplain.course.lab_bench import LabBench, LabHistory
from tuiexplain.course.lab_kept import HERE, kept
from tuiexplain.course.lab_run import (
    LabRun,
    Opening,
    as_read,
    run_folder,
)
from tuiexplain.course.lab_settings import lab_settings, wanting
from tuiexplain.course.lab_stage import STANDING, Stage
from tuiexplain.course.lesson import Part
from tuiexplain.course.schema import Prediction
from tuiexplain.course.walk import Walk
from tuiexplain.lab.adapting.start import codec_of
from tuiexplain.lab.data import Instructions, open_source, open_text
from tuiexplain.lab.data.instructions import SUFFIX
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.protocol import Entered, EnterStep
from tuiexplain.trace.event import Event
from tuiexplain.trace.player import Player
from tuiexplain.trace.trace import Content, Trace

LIVE = ("lr", "prompt")
"""The dials that turn while it trains; any other makes another run."""
BRIEFLY = 0.25
"""Seconds to wait for a step that is being opened; a large one comes when it comes."""


class LabRest(LabBench):
    """The part while no step is open: nothing to step through, a run to watch.

    ``lab`` is the run. What makes another run of it (a dial, a seed, a file) is taken up by the
    next `train`; until then the old one stays as it is.
    """

    def __init__(
        self, part: Part, settings: Mapping[str, Any] | None = None, seed: int | None = None
    ) -> None:
        self.part = part
        self.settings = part.settings(settings)
        self.seed = part.spec.seed if seed is None else seed
        self.file: Path | None = None
        """A text of the learner's own."""
        self.run, self.rival, self.edits, self.seen = LabHistory(), None, [], 0
        self.training_step = 0
        self.base = Trace("aten", Content((), (), ()))  # type: ignore[assignment]
        self.player = Player(self.base)
        self.fresh = False
        """Whether the next `train` begins a new run."""
        self.lab = self._new_run()

    def _new_run(self) -> LabRun:
        lab = self.part.spec.lab
        assert lab is not None
        if (dial := wanting(self.part, self.settings)) is not None:
            self.settings[dial] = self.part.settings()[dial]
        try:
            settings = lab_settings(self.part, self.settings, self.seed, self.file)
        except LabError as error:
            raise CourseError(str(error)) from None
        takes = ""
        if lab.takes and self.settings.get("model", HERE) != HERE:
            taken = kept(lab.takes)
            assert taken is not None
            settings, takes = taken.settings, lab.takes
        return LabRun(
            settings,
            run_folder(self.part),
            as_read(str(self.settings.get("prompt", lab.prompt))),
            speaks="speech" in lab.pictures,
            keeps=lab.keeps,
            takes=takes,
        )

    # -- where -----------------------------------------------------------------------------------

    learns = False
    changeable = True

    @property
    def walk(self) -> Walk:
        """Only the first step has a place here."""
        return Walk(self.part.spec, [self.base])

    @property
    def last_training_step(self) -> int:
        """The walk through the part is done when its run is."""
        return 0 if self.lab.stage is Stage.DONE else 1

    @property
    def questions(self) -> list[Prediction]:
        """What is asked before the run trains."""
        first = self.part.spec.steps[0].id
        return [asked for asked in self.part.spec.predictions if asked.before == first]

    @property
    def answers(self) -> bool:
        """Whether the run learns to answer, so that one may talk with what it makes."""
        return bool(self.lab.settings.base) and self.lab.settings.data.endswith(SUFFIX)

    def open(self, training_step: int, position: int = 0) -> None:
        """There is nothing to open: a run that was left is gone."""

    def listing(self, event: Event | None) -> Listing:
        """No program runs here."""
        return Listing("", None)

    def copy(self) -> LabRest:
        """The run itself: it cannot be edited."""
        return self

    # -- the run ---------------------------------------------------------------------------------

    def train(self) -> None:
        """Begin, go on, or begin anew with what was changed. LabError without PyTorch."""
        if self.fresh or self.lab.stage is Stage.DONE:
            self.rewind()
        self.lab.train()

    def turn(self, dial: str, setting: Any) -> None:
        """Turn a dial; one that is not `LIVE` is for the next run. CourseError if it cannot be."""
        before = self.settings[dial]
        self.settings[dial] = self.part.setting(dial, setting)
        try:
            self._check()
        except Refused:
            self.settings[dial] = before
            raise
        except LabError as error:
            self.settings[dial] = before
            raise CourseError(str(error)) from None
        if dial in LIVE and not self.fresh:
            self._turn_live(dial)
        elif self.settings[dial] != before:
            self.make_fresh()

    def _check(self) -> None:
        """LabError where the settings do not go together; Refused where nothing is to be taken up."""
        if wanting(self.part, self.settings) is not None:
            raise Refused("lab_none_kept")
        lab_settings(self.part, self.settings, self.seed, self.file)

    def _turn_live(self, dial: str) -> None:
        if dial == "lr":
            self.lab.set_learning_rate(float(self.settings[dial]))
        else:
            self.lab.speak_from(str(self.settings[dial]))

    def take_file(self, file: Path) -> tuple[str, int]:
        """Learn from the learner's own file: what it holds, and how much. LabError if it cannot be."""
        settings = self.lab.settings
        if settings.base and file.suffix == SUFFIX:
            tasks = open_source(settings.changed(data=str(file)), codec_of(settings))
            taken = "tasks_taken", sum(map(len, cast(Instructions, tasks).splits.values()))
        else:
            text = open_text(file, settings.unit, settings.context, codec=codec_of(settings))
            taken = "file_taken", sum(map(len, text.splits.values()))
        self.file = file
        self.make_fresh()
        return taken

    def make_fresh(self) -> None:
        """Something was changed that makes another run."""
        if self.lab.stage is Stage.UNBORN:
            self.lab = self._new_run()
        else:
            self.fresh = True

    def rewind(self) -> None:
        """End the run; the next begins with the same seed."""
        self.lab.close()
        watched, former = self.lab.watched, self.lab
        self.lab, self.fresh = self._new_run(), False
        # What was changed is compared with the run before; the same again takes its place.
        changed = former.heard.step > 0 and former.settings != self.lab.settings
        self.lab.former = former.as_former() if changed else former.former
        if watched is not None:
            self.lab.watch(*watched)

    def reseed(self, seed: int) -> None:
        """End the run; the next begins with another seed."""
        self.seed = seed
        self.rewind()

    def enter(self) -> LabStep:  # type: ignore[override]
        """Open the step that the run stands before. Refused while there is none; LabError if lost."""
        if self.lab.worker is None or self.lab.stage not in (*STANDING, Stage.TRAINING):
            raise Refused("lab_train_first")
        self.lab.worker.send(EnterStep())
        return self._step(self.wait_for_step(0))

    def wait_for_step(self, position: int) -> Entered:
        """The step that is being opened. Refused where that takes longer: then `opened` has it later.

        ``position`` is where the learner will be in it. LabError if the process ends instead.
        """
        lab = self.lab
        assert lab.worker is not None
        found = lab.worker.wait_for(Entered, BRIEFLY)
        if isinstance(found, Entered):
            return found
        if lab.worker.over:
            raise lab.worker.last_words
        lab.opening = Opening(position)
        raise Refused("lab_opening", step=lab.heard.step)

    def opened(self) -> LabStep | None:
        """The step that was being opened, once it is."""
        opening = self.lab.opening
        if opening is None or opening.entered is None:
            return None
        self.lab.opening = None
        step = self._step(opening.entered)
        step.player.go_to(opening.position)
        return step

    def _step(self, entered: Entered) -> LabStep:
        assert self.lab.worker is not None
        history = LabHistory(scores=self.lab.heard.scores)
        step = LabStep(self.part, self.lab.worker, entered, run=history)
        step.rest, step.settings, step.seed = self, self.settings, self.seed
        self.lab.poll()
        self.lab.heard.step = step.training_step
        return step


class LabStep(LabBench):
    """An open step of a run that is watched at other times: `rest` is the way back."""

    rest: LabRest

    def _next(self, position: int) -> Entered:
        self.rest.lab.heard.step = self.training_step + 1
        return self.rest.wait_for_step(position)

"""A run in the lab as the interface knows it: what it was told, and what it says."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from tuiexplain.course.lab_kept import keep, take
from tuiexplain.course.lab_stage import Stage
from tuiexplain.course.lesson import Part
from tuiexplain.course.places import state_folder
from tuiexplain.lab import protocol as say
from tuiexplain.lab.attached import past
from tuiexplain.lab.conversation import Conversation
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.observing.sights import Seen
from tuiexplain.lab.record import LATEST
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.worker import Worker, check_torch

NICE = 10
"""The training process gives way to the interface."""
QUIZ = 20
"""Held-out tasks whose answers are shown, at most."""
SAMPLE = 240
"""Tokens that the model writes after an evaluation."""
REMEMBERED = 8  # runs before the last one
FOLDER = "lab"
NEW_LINE, SPACE = "/", "_"
"""How a prompt that is typed in one line writes them; pictures of tokens do the same."""


@dataclass
class Opening:
    """A step that is being opened: where the learner will be in it, and itself once it is there."""

    position: int
    entered: say.Entered | None = None


@dataclass
class Heard:
    """What a run has said so far."""

    ready: say.Ready | None = None
    scene: say.Scene | None = None
    step: int = 0
    steps: list[int] = field(default_factory=list)
    """The updates whose loss was told: not every one is."""
    losses: list[float] = field(default_factory=list)
    latest: say.Stepped | None = None
    evaluations: list[say.Evaluated] = field(default_factory=list)
    samples: list[say.Sampled] = field(default_factory=list)
    spoken: say.Spoken | None = None
    quizzes: list[say.Quizzed] = field(default_factory=list)
    """What was said to held-out tasks: the first one before the run had learnt anything."""
    seen: dict[str, Seen] = field(default_factory=dict)
    """By sight, what was seen last."""

    @property
    def scores(self) -> dict[str, dict[int, float]]:
        """The held-out loss, by step; of a run that learns tasks also what is solved and forgotten."""
        told: dict[str, dict[int, float]] = {}
        for name in ("val_loss", "solved", "base_loss"):
            found = {e.step: getattr(e, name) for e in self.evaluations}
            if name == "val_loss" or (found and None not in found.values()):
                told[name] = found
        return told

    def back_to(self, step: int) -> None:
        """Forget what came after a step: the run goes on from there once more."""
        kept = [i for i, k in enumerate(self.steps) if k <= step]
        self.steps = [self.steps[i] for i in kept]
        self.losses = [self.losses[i] for i in kept]
        self.evaluations = [e for e in self.evaluations if e.step <= step]
        self.samples = [s for s in self.samples if s.step <= step]
        self.quizzes = [q for q in self.quizzes if q.step <= step]
        if self.spoken is not None and self.spoken.step > step:
            self.spoken = None
        self.step = step


@dataclass(frozen=True)
class Former:
    """A run with other settings that was there before, and those ``earlier``, latest first."""

    settings: Settings
    heard: Heard
    earlier: tuple[Former, ...] = ()


class LabRun:
    """A worker, told what to do and listened to. `poll` takes in what it has said.

    When the process dies, what was heard stays, and `train` starts another one that goes on from
    the last checkpoint.
    """

    ours = True
    """Whether it was started here, and ends when it is left."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        prompt: str = "\n",
        *,
        speaks: bool = False,
        keeps: str = "",
        takes: str = "",
    ) -> None:
        """``speaks``: after an evaluation it also says something token by token, and is timed.

        ``takes``: the name of what it goes on from, ``keeps``: the name under which it is kept
        (see `lab_kept`).
        """
        self.keeps, self.takes = keeps, takes
        self.settings, self.folder, self.prompt, self.speaks = settings, folder, prompt, speaks
        self.stage = Stage.UNBORN
        self.worker: Conversation | None = None
        self.heard = Heard()
        self.former: Former | None = None
        self.trouble: LabError | None = None
        """The last thing that a person should know."""
        self.watched: tuple[list[str], int, int] | None = None
        """What is on the screen: sights, and the most rows and columns of a picture."""
        self.opening: Opening | None = None
        self._watch = 0
        self._saved = False

    # -- what it is told -------------------------------------------------------------------------

    def train(self) -> None:
        """Start, or go on. LabError where there is no PyTorch."""
        self.opening = None
        if self.worker is None:
            self._start()
        elif self.stage in (Stage.PAUSED, Stage.STUCK):
            self.worker.send(say.Resume())
            self.stage = Stage.TRAINING

    def stop_opening(self) -> bool:
        """Do not open the step that is being opened; whether one was."""
        was, self.opening = self.opening is not None, None
        if was and self.worker is not None:
            self.worker.send(say.LeaveStep())
        return was

    def pause(self) -> None:
        """Stop before the next step."""
        if self.worker is not None:
            self.worker.send(say.Pause())

    def set_learning_rate(self, lr: float) -> None:
        """From the next step on."""
        ratio = lr / self.settings.lr if self.settings.lr else 0.0
        self.settings = self.settings.changed(lr=lr, min_lr=self.settings.min_lr * ratio)
        if self.worker is not None:
            self.worker.send(say.SetLearningRate(lr))

    def watch(self, sights: list[str], rows: int, columns: int) -> None:
        """Have these looked at while it trains; told to the worker where that is news."""
        if self.watched == (sights, rows, columns):
            return
        self.watched = (sights, rows, columns)
        if self.worker is not None:
            self._tell_what_to_watch()

    def speak_from(self, prompt: str) -> None:
        """Let it write on from this, now and after each evaluation."""
        self.prompt = as_read(prompt)
        if self.worker is not None:
            self._ask_for_words(self.worker)

    def as_former(self) -> Former:
        """What is left of it for the next run to be compared with."""
        last = self.former
        past = (replace(last, earlier=()), *last.earlier) if last else ()
        return Former(self.settings, self.heard, past[:REMEMBERED])

    def close(self) -> None:
        """End the process and remove its checkpoints; one that others go on from is kept."""
        self._hang_up()
        if self.keeps:
            keep(self.folder, self.keeps)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _hang_up(self) -> None:
        if self.worker is not None:
            self.worker.close()
            self.worker = None

    def _start(self) -> None:
        check_torch()
        anew = not self._saved
        if anew and self.takes:
            take(self.takes, self.folder)
        resume = bool(self.takes) or not anew
        paused = anew and bool(self.takes)  # until somebody wants it to learn more
        self.worker = Worker(
            self.settings, self.folder, resume=resume, paused=paused, nice=NICE, quiz=QUIZ
        )
        self.stage, self.trouble = Stage.STARTING, None
        if self.watched is not None:
            self._tell_what_to_watch()

    def _tell_what_to_watch(self) -> None:
        assert self.worker is not None
        assert self.watched is not None
        self._watch += 1
        self.worker.send(say.Watch(*self.watched, number=self._watch))

    # -- what it says ----------------------------------------------------------------------------

    def poll(self) -> bool:
        """Take in what has been said; whether anything was."""
        news = False
        while self.worker is not None and (message := self.worker.receive(timeout=0)) is not None:
            self._take(message)
            news = True
        return news

    def _take(self, message: say.Message) -> None:
        heard = self.heard
        match message:
            case say.Ready():
                heard.ready = message
                heard.back_to(message.step)
                self._recall(past(self.folder))
            case say.Scene():
                heard.scene = message
            case say.Stepped():
                heard.latest, heard.step = message, message.step
                heard.steps.append(message.step)
                heard.losses.append(message.loss)
            case say.Evaluated():
                heard.step = message.step
                known = heard.evaluations  # from what is written down, perhaps this one too
                if not known or known[-1].step < message.step:
                    known.append(message)
                assert self.worker is not None
                self._ask_for_words(self.worker)
            case say.Sampled():
                heard.samples.append(message)
                self._well_again()
            case say.Spoken():
                heard.spoken = message
            case say.Quizzed():
                heard.quizzes = [*heard.quizzes[:1], message]
            case say.Observed(watch=number) if number == self._watch:
                self._look(message.slots)
            case _:
                self._turn(message)
        if isinstance(message, say.Ready):
            self.stage = Stage.TRAINING

    def _turn(self, message: say.Message) -> None:
        """What changes where the run is, or what is looked at of it."""
        match message:
            case say.Saved():
                self._saved = True
            case say.Paused():
                self.heard.step = message.step
                if self.stage is not Stage.STUCK:
                    self.stage = Stage.DONE if message.done else Stage.PAUSED
            case say.Stuck():
                self.stage, self.trouble = Stage.STUCK, _trouble(message)
            case say.Note():
                self.trouble = _trouble(message)
            case say.Entered() if self.opening is not None:
                self.opening.entered = message
            case say.Failed() | say.Finished():
                self._ended(message)

    def _recall(self, evaluations: list[say.Evaluated]) -> None:
        """Take in what the run has written down, if it was there before."""
        heard = self.heard
        heard.evaluations = evaluations
        if evaluations:
            heard.step = max(heard.step, evaluations[-1].step)
            assert self.worker is not None
            self._ask_for_words(self.worker)

    def _ask_for_words(self, worker: Conversation) -> None:
        if self.prompt and self.settings.model != "cnn":
            worker.send(say.Sample(self.prompt, SAMPLE, seed=self.settings.seed))
            if self.speaks:
                # Past its context a model reads everything again, cache or not.
                room = max(1, self.settings.context - len(self.prompt))
                worker.send(say.Speak(self.prompt, min(SAMPLE, room), seed=self.settings.seed))

    def _well_again(self) -> None:
        """What was wrong with a prompt is wrong no more."""
        if self.stage not in (Stage.STUCK, Stage.BROKEN):
            self.trouble = None

    def _look(self, slots: list[int]) -> None:
        assert self.worker is not None
        for slot in slots:
            seen = self.worker.seen(slot)
            if seen is not None and seen.watch == self._watch:
                self.heard.seen[str(seen.sight)] = seen

    def _ended(self, message: say.Message) -> None:
        if isinstance(message, say.Failed):
            self.stage, self.trouble = Stage.BROKEN, _trouble(message)
        self.opening = None
        self._hang_up()

    @property
    def model(self) -> str | None:
        """What the run has made so far, else what it starts from: a checkpoint to talk with."""
        latest = self.folder / LATEST
        return str(latest) if latest.exists() else self.settings.base or None

    @property
    def alive(self) -> bool:
        """Whether there is a process that may still say something."""
        return self.worker is not None

    @property
    def finite(self) -> bool:
        """Whether the last loss is a number."""
        return not self.heard.losses or math.isfinite(self.heard.losses[-1])


def as_read(prompt: str) -> str:
    """A prompt typed in one line as the model reads it."""
    return prompt.replace(NEW_LINE, "\n").replace(SPACE, " ")


def _trouble(message: say.Note | say.Stuck | say.Failed) -> LabError:
    return LabError(message.sentence, message.key, **message.fields)


def run_folder(part: Part) -> Path:
    """Where a run keeps its checkpoints while the lesson is open; what dead ones left is removed."""
    root = state_folder() / FOLDER
    with contextlib.suppress(OSError):
        for left in root.iterdir():
            owner = left.name.rpartition("-")[2]
            if owner.isdigit() and not _runs(int(owner)):
                shutil.rmtree(left, ignore_errors=True)
    return root / f"{part.lesson.id}-{part.id}-{os.getpid()}"


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True

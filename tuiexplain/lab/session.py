"""One run in the training process: commands obeyed between steps, evaluations, checkpoints."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Sequence
from pathlib import Path

from tuiexplain.lab import checkpoint, metrics
from tuiexplain.lab.adapting.quiz import quiz
from tuiexplain.lab.adapting.start import codec_of, former_text, started_from
from tuiexplain.lab.adapting.trained import keep_adapter
from tuiexplain.lab.channel import Channel
from tuiexplain.lab.data import Codec, Source, codec_from_json, open_source
from tuiexplain.lab.devices import choose
from tuiexplain.lab.entering import OpenStep
from tuiexplain.lab.errors import LabError, RunStopped
from tuiexplain.lab.evaluation import Score, evaluate
from tuiexplain.lab.memory import out_of_memory
from tuiexplain.lab.observing.observer import Observer
from tuiexplain.lab.observing.window import Window
from tuiexplain.lab.protocol import (
    Answer,
    Ask,
    Command,
    EnterStep,
    Evaluate,
    Evaluated,
    Finished,
    LeaveStep,
    Load,
    Note,
    Pause,
    Paused,
    Quizzed,
    Ready,
    Resume,
    Sample,
    Save,
    Saved,
    SetLearningRate,
    Speak,
    Start,
    StepOnce,
    Stepped,
    Stop,
    Stuck,
    Watch,
)
from tuiexplain.lab.record import BEST, LATEST, METRICS, Record, read_record
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.together.group import Group, Order, Share, join, lost
from tuiexplain.lab.trainer import Step, Trainer
from tuiexplain.lab.writing import sampled, spoken

CLOSING = (Resume, StepOnce, SetLearningRate, Load, LeaveStep, Stop)
"""Commands after which an open step is no longer the one that the run is about to take."""

OF_WHOLE_WEIGHTS = (EnterStep, Sample, Speak, Watch)
"""Commands for who has all the weights."""

WITH_ALL = (Order.STEP, Order.LOAD, Order.STOP)
"""What every process does; of weights that are spread, all of them do everything."""

_TELL_EVERY = 0.1  # seconds
_SPEED_OVER = 1.0  # seconds


class Session:
    """A run and the conversation about it."""

    def __init__(self, channel: Channel, window: Window) -> None:
        self.channel, self.window = channel, window
        self.paused = False
        self.steps_left: int | None = None  # until the next pause
        self.stopped = False
        self.stuck = False  # before a step with numbers that are not finite
        self.best: tuple[int, float] | None = None
        self.opened: OpenStep | None = None
        self.group: Group | None = None
        self._shares: list[list[float | None]] = []
        self._told = 0.0
        self._since_told = self._since_evaluated = (0, 0.0)  # steps, seconds of training
        self._seconds = 0.0

    def run(self, start: Start) -> None:
        """From the first command to the last message."""
        self.paused, self.quiz = start.paused, start.quiz
        asked, out, resume = Settings.from_json(start.settings), start.out, start.resume
        self.group = join()
        if self.group is not None:
            asked, out, resume = self.group.agree(asked, out, resume=resume)
        self.out = Path(out)
        try:
            self._open(asked, resume=resume)
            if self.leads:
                self._train()
            else:
                self._follow()
        except (RuntimeError, MemoryError) as error:
            told = out_of_memory(error, asked)
            if told is None and self.group is not None:
                told = lost(error)
            if told is not None:
                raise told from error
            raise
        if self.group is not None:
            self.group.leave()
        saved = self._saved_step == self.trainer.step
        self.channel.tell(Finished(self.trainer.step, self._done(), saved, self.best))

    def _open(self, asked: Settings, *, resume: bool) -> None:
        latest = self.out / LATEST
        record = read_record(latest) if resume else None
        if record is None and latest.exists():
            raise LabError(
                f"{self.out} holds a run already: go on with it (--resume), or name another --out."
            )
        told = None if record is None else record.codec
        codec = codec_from_json(told) if told else codec_of(asked)
        mark = None if record is None else record.fingerprint
        self.source: Source = open_source(asked, codec, mark)
        self.codec: Codec | None = getattr(self.source, "codec", None)
        self.former = former_text(asked, self.source)
        start = started_from(asked) if record is None else None
        self.trainer = Trainer(asked, self.source, choose(asked), start, self.group)
        if record is not None:
            checkpoint.load(latest, self.trainer)
            self.best = record.best
            if self.leads:
                self._seconds = metrics.forget_after(self.out / METRICS, record.step)
        device = self.trainer.device
        self.channel.tell(
            Ready(
                step=self.trainer.step,
                steps=asked.steps,
                parameters=self.trainer.parameters,
                trained=self.trainer.trained,
                device=str(device.place),
                device_name=device.name,
                precision="bfloat16" if device.bfloat16 else "float32",
                compiled=self.trainer.compiled,
                data=self.source.describe(),
                classes=self.source.classes,
                out=str(self.out),
            )
        )
        if not self.leads:
            return
        self.observer = Observer(self.trainer, self.window, self.channel.tell)
        self.trainer.watcher = self.observer
        self.channel.tell(self.observer.scene())
        if record is None:
            self._evaluate()

    def _train(self) -> None:
        while True:
            self._obey()
            if self.stopped:
                break
            try:
                self._lead(Order.STEP)
                step = self.trainer.advance()
            except RunStopped as stopped:
                self.stuck = self.paused = True
                self.channel.tell(Stuck(self.trainer.step, **stopped.told()))
                continue
            self.stuck = False
            self._count(step)
            if self.steps_left is not None:
                self.steps_left -= 1
                self.paused = self.steps_left <= 0
            if self._due():
                self._evaluate()
        if self._saved_step != self.trainer.step and not self.stuck:
            self._save()
        self._lead(Order.STOP)

    # -- among several processes -----------------------------------------------------------------

    @property
    def leads(self) -> bool:
        """Whether this process is the one that is watched."""
        return self.group is None or self.group.place.leads

    def _lead(self, order: Order) -> None:
        """Tell the other processes what all do now, where it takes all of them."""
        if self.group is not None and (self.group.sharded or order in WITH_ALL):
            self.group.lead(order, self.trainer.settings)

    def _follow(self) -> None:
        """Do what the process that leads does, until it ends."""
        trainer, group = self.trainer, self.group
        assert group is not None
        while True:
            order, trainer.settings = group.follow(trainer.settings)
            match order:
                case Order.STEP:
                    with contextlib.suppress(RunStopped):
                        trainer.advance()
                case Order.EVALUATE:
                    self._scores()
                case Order.SAVE | Order.SAVE_WEIGHTS:
                    checkpoint.tensors_of(trainer, whole=order is Order.SAVE)
                case Order.LOAD:
                    checkpoint.load(self.out / LATEST, trainer)
                case Order.STOP:
                    self._saved_step = trainer.step
                    return

    # -- commands --------------------------------------------------------------------------------

    def _done(self) -> bool:
        return self.trainer.step >= self.trainer.settings.steps

    def _due(self) -> bool:
        return self.trainer.step % self.trainer.settings.eval_every == 0 or self._done()

    def _obey(self) -> None:
        """Every command that has come; while paused, or when all is done, wait for more."""
        told: int | None = None
        while not self.stopped:
            waits = self.paused or self._done()
            if waits and told != self.trainer.step:
                told = self.trainer.step
                self.observer.look_now()
                self.channel.tell(Paused(told, self._done()))
            command = self.channel.heard(wait=waits)
            if command is None:
                return
            try:
                self._do(command)
            except LabError as error:
                self.channel.tell(Note(**error.told()))
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                name = type(command).__name__
                self.channel.tell(Note(f"{name} means nothing here ({error}); nothing was done."))
            if isinstance(command, StepOnce) and not self._done():
                return  # what is asked next is asked of the step after

    def _do(self, command: Command) -> None:
        if isinstance(command, OF_WHOLE_WEIGHTS) and self.group is not None and self.group.sharded:
            raise LabError(
                "no process of this run has all the weights (parallel=fsdp): there is nothing to look "
                "into, and nobody who could write.",
                "sharded",
            )
        if isinstance(command, CLOSING):
            self.opened = None
        if isinstance(command, EnterStep):
            self._enter()
        elif isinstance(command, Ask):
            self.channel.tell(self._answer(command))
        else:
            self._run_by(command)

    def _run_by(self, command: Command) -> None:
        match command:
            case Pause():
                self.paused = True
            case Resume():
                self.paused, self.steps_left = False, None
            case StepOnce(count):
                self.paused, self.steps_left = False, count
            case SetLearningRate(lr):
                self._set_learning_rate(lr)
            case Save():
                self._save()
            case Load():
                self._load()
            case Evaluate():
                self._evaluate()
            case Sample():
                self.channel.tell(sampled(self.trainer, self.codec, command))
            case Speak():
                self.channel.tell(spoken(self.trainer, self.codec, command))
            case Watch():
                self.observer.watch(command.sights, command.rows, command.columns, command.number)
                if self.paused or self._done():
                    self.observer.look_now()
            case Stop():
                self.stopped = True

    def _enter(self) -> None:
        """Open the step that the run stands before; it waits there until it is told to go on."""
        self.paused, self.opened = True, None
        self.opened = OpenStep(self.trainer)
        self.channel.tell(self.opened.entered())

    def _answer(self, ask: Ask) -> Answer:
        if self.opened is None:
            return Answer(ask.number, {"error": "this step is not open any more: enter it again."})
        return self.opened.answer(ask)

    def _count(self, step: Step) -> None:
        """Keep the time, and tell of the step if the last one told of is a while ago."""
        for name in ("_since_told", "_since_evaluated"):
            steps, seconds = getattr(self, name)
            setattr(self, name, (steps + 1, seconds + step.seconds))
        self._seconds += step.seconds
        self._shares = _told(step.shares)
        now = time.monotonic()
        if now - self._told >= _TELL_EVERY or self.steps_left is not None:
            speed = self._tokens_per_s(*self._since_told)
            self.channel.tell(
                Stepped(step.step, step.loss, step.lr, step.grad_norm, speed, self._shares)
            )
            self._told = now
            if self._since_told[1] > _SPEED_OVER:
                self._since_told = (0, 0.0)

    def _tokens_per_s(self, steps: int, seconds: float) -> float | None:
        tokens = self.trainer.tokens_per_step()
        return None if tokens is None or not steps else tokens * steps / seconds

    def _evaluate(self) -> None:
        trainer, began = self.trainer, time.perf_counter()
        self._lead(Order.EVALUATE)
        score, held_out, former = self._scores()
        self._seconds += time.perf_counter() - began
        steps, seconds = self._since_evaluated
        self._since_evaluated = (0, 0.0)
        evaluated = Evaluated(
            step=trainer.step,
            loss=score.loss,
            val_loss=held_out.loss,
            accuracy=held_out.accuracy,
            shares=self._shares,
            solved=held_out.solved,
            base_loss=None if former is None else former.loss,
            margin=held_out.margin,
            kl=held_out.kl,
            chosen=held_out.chosen,
            rejected=held_out.rejected,
            lr=trainer.optimizer.param_groups[0]["lr"],
            tokens_per_s=self._tokens_per_s(steps, seconds),
            examples_per_s=trainer.examples_per_step() * steps / seconds if steps else None,
            device=str(trainer.device.place),
            memory=trainer.device.memory(),
            seconds=self._seconds,
        )
        better = self.best is None or held_out.loss < self.best[1]
        if better:
            self.best = (trainer.step, held_out.loss)
        self._keep(evaluated, better=better)
        self.channel.tell(evaluated)
        if self.quiz and held_out.solved is not None:
            tasks = [list(task) for task in quiz(trainer, self.quiz)]
            self.channel.tell(Quizzed(trainer.step, tasks))

    def _scores(self) -> tuple[Score, Score, Score | None]:
        """On what is learnt from, on what was held out, and on what was learnt before, if it was."""
        former = None if self.former is None else evaluate(self.trainer, "val", self.former)
        return evaluate(self.trainer, "train"), evaluate(self.trainer, "val"), former

    def _keep(self, evaluated: Evaluated, *, better: bool) -> None:
        """Metrics first: a line too many is forgotten when the run is resumed, one less is lost."""
        try:
            metrics.keep(self.out / METRICS, evaluated)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self.channel.tell(Note(f"{self.out}: {reason}; the metrics are not kept."))
        self._save()
        if better:
            try:
                self._lead(Order.SAVE_WEIGHTS)
                checkpoint.save(self.out / BEST, self.trainer, self._record(), whole=False)
            except LabError as error:
                self.channel.tell(Note(**error.told()))

    _saved_step = -1

    def _save(self) -> None:
        file = self.out / LATEST
        try:
            self._lead(Order.SAVE)
            checkpoint.save(file, self.trainer, self._record())
            keep_adapter(self.out, self.trainer.model, self.trainer.settings)
        except LabError as error:
            self.channel.tell(Note(**error.told()))
            return
        self._saved_step = self.trainer.step
        self.channel.tell(Saved(self.trainer.step, str(file)))

    def _record(self) -> Record:
        return Record(
            settings=self.trainer.settings,
            step=self.trainer.step,
            codec=self.codec.as_json() if self.codec is not None else None,
            fingerprint=self.source.fingerprint(),
            best=self.best,
        )

    def _load(self) -> None:
        self._lead(Order.LOAD)
        record = checkpoint.load(self.out / LATEST, self.trainer)
        self.best, self.paused, self.stuck = record.best, True, False
        self._seconds = metrics.forget_after(self.out / METRICS, record.step)

    def _set_learning_rate(self, lr: float) -> None:
        settings = self.trainer.settings
        ratio = lr / settings.lr if settings.lr else 0.0
        self.trainer.settings = settings.changed(lr=lr, min_lr=settings.min_lr * ratio)


def _told(shares: Sequence[Share]) -> list[list[float | None]]:
    """Gradient norms and speeds, as messages have them: None for what is not known."""
    return [[None if math.isnan(s.grad_norm) else s.grad_norm, s.tokens_per_s] for s in shares]

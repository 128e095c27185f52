"""Training: one step after the other, each a function of (seed, step) and the weights before it."""

from __future__ import annotations

import copy
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tuiexplain.lab.adapting.preferences import compare, frozen, reference_scores
from tuiexplain.lab.adapting.trained import choose_trained, load_base
from tuiexplain.lab.data.preferences import Preferences
from tuiexplain.lab.data.source import Inputs, Source, Targets
from tuiexplain.lab.devices import Device, compiled, compiles, prepare
from tuiexplain.lab.errors import RunStopped
from tuiexplain.lab.models import build
from tuiexplain.lab.nonfinite import first_nonfinite
from tuiexplain.lab.optimisation import adamw, learning_rate
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.streams import torch_seed


@dataclass(frozen=True)
class Step:
    """One update."""

    step: int
    """Updates done, this one included."""
    loss: float
    """Of the batch that made it."""
    lr: float
    grad_norm: float
    """Before clipping."""
    seconds: float


class Watcher(Protocol):
    """What looks at updates; see `observing`."""

    def due(self) -> bool:
        """Whether the update that begins now is looked at."""

    def before_update(self) -> None:
        """The gradients are there, the weights are as they were."""

    def after_update(self) -> None:
        """The gradients are still there, the weights are new."""


class Trainer:
    """A network, its optimiser and its data; `advance` does one update.

    Nothing is drawn one after another: data and dropout masks of a step come from (seed, step),
    so that the same weights at the same step go on in the same way in any process.
    """

    def __init__(
        self, settings: Settings, source: Source, device: Device, start: Path | None = None
    ) -> None:
        """``start``: the weights that a new run begins with, where it has learnt before."""
        self.settings, self.source, self.device = settings, source, device
        self.step = 0
        self.watcher: Watcher | None = None
        self.model = build(settings, source.classes)
        if start is not None:
            load_base(start, self.model)
        choose_trained(self.model, settings, fresh=start is not None)
        self.parameters = sum(p.numel() for p in self.model.parameters())
        self.trained = sum(p.numel() for p in self.model.parameters() if p.requires_grad)
        prepare(device, settings, self.parameters)
        self.model.to(device.place)
        self.reference: nn.Module | None = None
        """Of preferences: the model as it was when the run began."""
        self.refer()
        self.optimizer = adamw(self.model, settings, device)
        self.compiled = compiles(device, settings)
        self._loss = compiled(self.loss, settings) if self.compiled else self.loss

    def refer(self) -> None:
        """Take the model as it is now for the reference, where preferences are learnt."""
        if isinstance(self.source, Preferences):
            self.reference = frozen(self.model)

    def advance(self) -> Step:
        """One update; RunStopped if a number in it is not finite, the weights as they were."""
        started = time.perf_counter()
        lr = self.prepare()
        parts = range(self.settings.accumulate)
        losses = [self.backward(*self.batch(part)).detach() for part in parts]
        norm = self.clip()
        # The one moment in a step at which the device is waited for.
        loss_now, norm_now = torch.stack((torch.stack(losses).sum(), norm)).tolist()
        if not (math.isfinite(loss_now) and math.isfinite(norm_now)):
            raise self._stopped(loss_now)
        watched = self.watcher is not None and self.watcher.due()
        if watched and self.watcher is not None:
            self.watcher.before_update()
        self.optimizer.step()
        self.step += 1
        if watched and self.watcher is not None:
            self.watcher.after_update()
        return Step(self.step, loss_now, lr, norm_now, time.perf_counter() - started)

    def prepare(self) -> float:
        """Make ready for the next step: no gradients, its learning rate, its dropout masks."""
        lr = learning_rate(self.settings, self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        self.optimizer.zero_grad(set_to_none=True)
        torch.manual_seed(torch_seed(self.settings.seed, "dropout", self.step))
        return lr

    def backward(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Forward and backward on a part of the step's batch; that part's share of the loss."""
        loss = self._loss(inputs, targets)
        if self.settings.accumulate > 1:
            loss = loss / self.settings.accumulate
        loss.backward()
        return loss

    def clip(self) -> Tensor:
        """Shorten the gradient to the most that is allowed; its length before that."""
        return nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip or math.inf)

    def twin(self) -> Trainer:
        """The same run at the same step, with a network and an optimiser of its own, uncompiled."""
        twin = copy.copy(self)
        twin.model = copy.deepcopy(self.model)
        twin.model.train()
        twin.optimizer = adamw(twin.model, self.settings, self.device)
        twin.optimizer.load_state_dict(copy.deepcopy(self.optimizer.state_dict()))
        twin.watcher = None
        twin.compiled, twin._loss = False, twin.loss
        return twin

    def loss(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Cross-entropy, averaged over every token (or image) of a batch; of preferences DPO's."""
        with self.device.autocast():
            scores = self.model(inputs)
            if self.reference is not None:
                fixed = reference_scores(self.reference, inputs)
                return compare(scores, fixed, targets, self.settings.beta).loss.mean()
            return F.cross_entropy(scores.flatten(0, -2), targets.flatten())

    def examples_per_step(self) -> int:
        """Windows, images or preferences that one update learns from."""
        return self.settings.batch * self.settings.accumulate

    def tokens_per_step(self) -> int | None:
        """Tokens that one update learns from; None for images."""
        if self.settings.model == "cnn":
            return None
        rows = 1 if self.reference is None else 2
        return self.examples_per_step() * rows * self.settings.context

    def to_device(self, inputs: Inputs, targets: Targets) -> tuple[Tensor, Tensor]:
        """NumPy arrays as tensors on the device."""
        return self.device.tensor(inputs), self.device.tensor(targets)

    def batch(self, part: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets of one part of the next step, on the device."""
        index = self.step * self.settings.accumulate + part
        if self.settings.batches:
            index %= self.settings.batches
        return self.to_device(*self.source.batch(self.settings.seed, index, self.settings.batch))

    def _stopped(self, loss: float) -> RunStopped:
        self.model.train()

        def again() -> Tensor:
            torch.manual_seed(torch_seed(self.settings.seed, "dropout", self.step))
            return self.loss(*self.batch(0))

        culprit = first_nonfinite(self.model, again) or f"the loss ({loss:g}) of a later part"
        self.optimizer.zero_grad(set_to_none=True)
        return RunStopped(
            f"stopped at step {self.step}, before its update: the first thing that is not finite "
            f"is {culprit}; try a smaller lr (now {self.settings.lr:g}), a longer warmup or "
            "clip=1.",
            "not_finite",
            step=self.step,
            what=culprit,
            lr=f"{self.settings.lr:g}",
        )

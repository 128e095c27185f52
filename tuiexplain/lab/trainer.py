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
from tuiexplain.lab.data.instructions import IGNORED
from tuiexplain.lab.data.preferences import Preferences
from tuiexplain.lab.data.source import Inputs, Source, Targets
from tuiexplain.lab.devices import Device, compiled, compiles, prepare
from tuiexplain.lab.errors import RunStopped
from tuiexplain.lab.models import build
from tuiexplain.lab.nonfinite import first_nonfinite
from tuiexplain.lab.optimisation import adamw, learning_rate
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.streams import torch_seed
from tuiexplain.lab.together.group import Group, Share
from tuiexplain.lab.together.sharding import all_of


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
    shares: tuple[Share, ...] = ()
    """What each process did, where there are several."""


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
        self,
        settings: Settings,
        source: Source,
        device: Device,
        start: Path | None = None,
        group: Group | None = None,
    ) -> None:
        """``start``: the weights that a new run begins with, where it has learnt before."""
        self.settings, self.source, self.device = settings, source, device
        self.group = group
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
        self.network = self.model if group is None else group.joined(self.model, settings)
        """What is called in training: the model, or what joins it to those of other processes."""
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
        losses = self._losses()
        norm = self.clip()
        # The one moment in a step at which the device is waited for.
        loss_now, norm_now = torch.stack((torch.stack(losses).sum(), norm)).tolist()
        shares: list[Share] = []
        if self.group is not None:
            shares = self._gather(self.group, loss_now, time.perf_counter() - started)
            loss_now = sum(share.loss for share in shares) / len(shares)
        if not (math.isfinite(loss_now) and math.isfinite(norm_now)):
            raise self._stopped(loss_now)
        watched = self.watcher is not None and self.watcher.due()
        if watched and self.watcher is not None:
            self.watcher.before_update()
        self.optimizer.step()
        self.step += 1
        if watched and self.watcher is not None:
            self.watcher.after_update()
        seconds = time.perf_counter() - started
        return Step(self.step, loss_now, lr, norm_now, seconds, tuple(shares))

    def _losses(self) -> list[Tensor]:
        """Forward and backward on every part of the step's batch."""
        parts = range(self.settings.accumulate)
        if self.group is None:
            return [self.backward(*self.batch(part)).detach() for part in parts]
        with self.group.held_back(self.network):
            losses = [self._own_backward(self.group, part) for part in parts[:-1]]
        return [*losses, self._own_backward(self.group, parts[-1])]

    def _own_backward(self, group: Group, part: int) -> Tensor:
        """On this process' rows; weighted, so that the mean over processes is the whole batch's."""
        inputs, targets = self.batch(part)
        rows, weight = group.rows(len(inputs)), 1.0
        if self.reference is None:
            everywhere, here = (targets != IGNORED).sum(), (targets[rows] != IGNORED).sum()
            weight = float(here) * group.place.size / max(1.0, float(everywhere))
        return self.backward(inputs[rows], targets[rows], weight).detach()

    def _gather(self, group: Group, loss: float, seconds: float) -> list[Share]:
        tokens = (self.tokens_per_step() or self.examples_per_step()) / group.place.size
        return group.gather(Share(loss, group.own_norm(), tokens / seconds))

    def prepare(self) -> float:
        """Make ready for the next step: no gradients, its learning rate, its dropout masks."""
        lr = learning_rate(self.settings, self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        self.optimizer.zero_grad(set_to_none=True)
        own = () if self.group is None else (self.group.place.rank,)
        torch.manual_seed(torch_seed(self.settings.seed, "dropout", self.step, *own))
        return lr

    def backward(self, inputs: Tensor, targets: Tensor, weight: float = 1.0) -> Tensor:
        """Forward and backward on a part of the step's batch; that part's share of the loss."""
        loss = self._loss(inputs, targets)
        share = weight / self.settings.accumulate
        if share != 1.0:
            loss = loss * share
        loss.backward()
        return loss

    def clip(self) -> Tensor:
        """Shorten the gradient to the most that is allowed; its length before that."""
        limit = self.settings.clip or math.inf
        return all_of(nn.utils.clip_grad_norm_(self.model.parameters(), limit))

    def twin(self) -> Trainer:
        """The same run at the same step, with a network and an optimiser of its own, uncompiled."""
        twin = copy.copy(self)
        twin.model = copy.deepcopy(self.model)
        twin.model.train()
        twin.network, twin.group = twin.model, None
        twin.optimizer = adamw(twin.model, self.settings, self.device)
        twin.optimizer.load_state_dict(copy.deepcopy(self.optimizer.state_dict()))
        twin.watcher = None
        twin.compiled, twin._loss = False, twin.loss
        return twin

    def loss(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Cross-entropy, averaged over every token (or image) of a batch; of preferences DPO's."""
        with self.device.autocast():
            scores = self.network(inputs)
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

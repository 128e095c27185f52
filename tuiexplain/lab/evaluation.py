"""How good a network is, on what it learns from and on what was held out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from tuiexplain.lab.trainer import Trainer


@dataclass(frozen=True)
class Score:
    """Means over every token (or image) looked at."""

    loss: float
    accuracy: float


def evaluate(trainer: Trainer, split: str) -> Score:
    """The mean loss on a split, without dropout; the training itself is left untouched."""
    settings, model = trainer.settings, trainer.model
    total = torch.zeros(2, dtype=torch.float64, device=_sums_on(trainer))
    seen = 0
    model.eval()
    try:
        with torch.no_grad(), trainer.device.autocast():
            batches = trainer.source.evaluation(split, settings.eval_batches, settings.batch)
            for arrays in batches:
                inputs, targets = trainer.to_device(*arrays)
                scores, answers = model(inputs).flatten(0, -2).float(), targets.flatten()
                losses = F.cross_entropy(scores, answers, reduction="sum")
                right = (scores.argmax(-1) == answers).sum()
                total += torch.stack((losses, right)).to(total)
                seen += answers.numel()
    finally:
        model.train()
    loss, accuracy = (total / seen).tolist()
    return Score(loss, accuracy)


def _sums_on(trainer: Trainer) -> torch.device:
    # MPS has no float64.
    return torch.device("cpu") if trainer.device.kind == "mps" else trainer.device.place

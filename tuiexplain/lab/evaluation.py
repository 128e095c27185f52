"""How good a network is, on what it learns from and on what was held out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from tuiexplain.lab.data.instructions import IGNORED, Instructions
from tuiexplain.lab.data.source import Source
from tuiexplain.lab.trainer import Trainer


@dataclass(frozen=True)
class Score:
    """Means over every token (or image) that counts."""

    loss: float
    accuracy: float
    solved: float | None = None
    """Of instructions: the share whose whole answer is the likeliest, token after token."""


def evaluate(trainer: Trainer, split: str, source: Source | None = None) -> Score:
    """The mean loss on a split, without dropout; the training itself is left untouched.

    ``source``: another than the one that is learnt from.
    """
    settings, model = trainer.settings, trainer.model
    total = torch.zeros(2, dtype=torch.float64, device=_sums_on(trainer))
    seen = solved = examples = 0
    source = source or trainer.source
    instructions = isinstance(source, Instructions)
    model.eval()
    try:
        with torch.no_grad(), trainer.device.autocast():
            batches = source.evaluation(split, settings.eval_batches, settings.batch)
            for arrays in batches:
                inputs, targets = trainer.to_device(*arrays)
                scores, answers = model(inputs).flatten(0, -2).float(), targets.flatten()
                counts = answers != IGNORED
                losses = F.cross_entropy(scores, answers, ignore_index=IGNORED, reduction="sum")
                right = (scores.argmax(-1) == answers) & counts
                total += torch.stack((losses, right.sum())).to(total)
                seen += int(counts.sum())
                if instructions:
                    # Each token is right after the right ones before it: so it would be said.
                    whole = (right | ~counts).view(targets.shape).all(dim=-1)
                    solved += int(whole.sum())
                    examples += len(whole)
    finally:
        model.train()
    loss, accuracy = (total / seen).tolist()
    return Score(loss, accuracy, solved / examples if examples else None)


def _sums_on(trainer: Trainer) -> torch.device:
    # MPS has no float64.
    return torch.device("cpu") if trainer.device.kind == "mps" else trainer.device.place

"""How good a network is, on what it learns from and on what was held out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from tuiexplain.lab.adapting.preferences import compare, kl, reference_scores
from tuiexplain.lab.data import Answers, Preferences
from tuiexplain.lab.data.instructions import IGNORED
from tuiexplain.lab.data.source import Source
from tuiexplain.lab.trainer import Trainer


@dataclass(frozen=True)
class Score:
    """Means over every token (or image, or preference) that counts."""

    loss: float
    accuracy: float
    """Of preferences: the share whose better answer gained more than the worse; a tie is a half."""
    solved: float | None = None
    """The share of answers (of preferences: the better ones) that are the likeliest, token after
    token: what the model would say."""
    margin: float | None = None
    """Of preferences: DPO's margin."""
    kl: float | None = None
    """KL to the reference, of a token of these answers."""
    chosen: float | None = None
    """log π − log π₀ of the better answers."""
    rejected: float | None = None
    """The same, of the worse ones."""


def evaluate(trainer: Trainer, split: str, source: Source | None = None) -> Score:
    """The mean loss on a split, without dropout; the training itself is left untouched.

    ``source``: another than the one that is learnt from.
    """
    settings, model = trainer.settings, trainer.model
    source = source or trainer.source
    measure = _preferences if isinstance(source, Preferences) else _tokens
    sums: dict[str, float] = {}
    model.eval()
    try:
        with torch.no_grad(), trainer.device.autocast():
            batches = source.evaluation(split, settings.eval_batches, settings.batch)
            for arrays in batches:
                inputs, targets = trainer.to_device(*arrays)
                for name, value in measure(trainer, inputs, targets).items():
                    sums[name] = sums.get(name, 0.0) + value
    finally:
        model.train()
    counted, solved = sums.pop("counted"), sums.pop("solved") / sums.pop("answers")
    told = {name: value / counted for name, value in sums.items()}
    return Score(**told, solved=solved if isinstance(source, Answers) else None)


def _tokens(trainer: Trainer, inputs: Tensor, targets: Tensor) -> dict[str, float]:
    scores, answers = trainer.model(inputs).flatten(0, -2).float(), targets.flatten()
    counts = answers != IGNORED
    losses = F.cross_entropy(scores, answers, ignore_index=IGNORED, reduction="sum")
    right = (scores.argmax(-1) == answers) & counts
    return _numbers(
        {
            "loss": losses,
            "accuracy": right.sum(),
            "solved": _whole(right, counts, targets),
            "counted": counts.sum(),
            "answers": losses.new_tensor(len(targets)),
        }
    )


def _preferences(trainer: Trainer, inputs: Tensor, targets: Tensor) -> dict[str, float]:
    assert trainer.reference is not None
    scores, fixed = trainer.model(inputs), reference_scores(trainer.reference, inputs)
    beta, counts = trainer.settings.beta, targets != IGNORED
    pair = compare(scores, fixed, targets, beta)
    # Without β, which may be 0: the order is the same.
    gained = compare(scores, fixed, targets, 1.0)
    order = (torch.sign(gained.margin) + 1) / 2
    better = slice(None, None, 2)
    right = (scores[better].argmax(-1) == targets[better]) & counts[better]
    pairs = len(pair.loss)
    return _numbers(
        {
            "loss": pair.loss.sum(),
            "accuracy": order.sum(),
            "margin": pair.margin.sum(),
            "kl": kl(scores[counts].float(), fixed[counts].float()) * pairs,
            "chosen": gained.chosen_reward.sum(),
            "rejected": gained.rejected_reward.sum(),
            "solved": _whole(right, counts[better], targets[better]),
            "counted": order.new_tensor(pairs),
            "answers": order.new_tensor(pairs),
        }
    )


def _whole(right: Tensor, counts: Tensor, targets: Tensor) -> Tensor:
    """How many rows are right to the end.

    Each token is right after the right ones before it: so it would be said.
    """
    return (right | ~counts).view(targets.shape).all(dim=-1).sum()


def _numbers(found: dict[str, Tensor]) -> dict[str, float]:
    """In one go, so that the device is waited for once."""
    # float64 is not everywhere: MPS has none.
    told = torch.stack([value.float() for value in found.values()]).tolist()
    return dict(zip(found, told, strict=True))

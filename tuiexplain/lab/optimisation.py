"""AdamW with its groups, and the learning rate from step to step."""

from __future__ import annotations

import math

import torch
from torch import nn

from tuiexplain.lab.devices import Device
from tuiexplain.lab.settings import Settings


def learning_rate(settings: Settings, step: int) -> float:
    """Of the update that makes step + 1 out of step: up to the peak, then down half a cosine."""
    if step < settings.warmup:
        return settings.lr * (step + 1) / (settings.warmup + 1)
    end = settings.decay_steps or settings.steps
    if step >= end:
        return settings.min_lr
    done = (step - settings.warmup) / (end - settings.warmup)
    return settings.min_lr + (settings.lr - settings.min_lr) * (1 + math.cos(math.pi * done)) / 2


def adamw(model: nn.Module, settings: Settings, device: Device) -> torch.optim.AdamW:
    """Matrices decay; biases, gains and other vectors do not."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": settings.weight_decay},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(
        [group for group in groups if group["params"]],
        lr=settings.lr,
        betas=(settings.beta1, settings.beta2),
        fused=device.kind in ("cuda", "cpu"),
    )

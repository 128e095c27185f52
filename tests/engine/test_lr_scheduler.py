"""Learning rates over time are those of torch, and any step can be gone to."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tuiexplain.engine import nn, optim, tensor

SCHEDULES: list[tuple[str, dict[str, Any]]] = [
    ("LambdaLR", {"lr_lambda": lambda k: 1 / (1 + 0.3 * k)}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("StepLR", {"step_size": 3, "gamma": 0.5}),
    ("CosineAnnealingLR", {"T_max": 10, "eta_min": 0.01}),
]


@pytest.mark.parametrize(("name", "options"), SCHEDULES)
def test_every_learning_rate_is_that_of_torch(name: str, options: dict[str, Any]) -> None:
    ours = optim.SGD([{"params": [nn.Parameter(tensor(1.0))], "lr": 0.4}], lr=0.1)
    theirs = torch.optim.SGD([{"params": [torch.ones(1, requires_grad=True)], "lr": 0.4}], lr=0.1)
    schedule = getattr(optim.lr_scheduler, name)(ours, **options)
    twin = getattr(torch.optim.lr_scheduler, name)(theirs, **options)
    seen = []
    for _ in range(11):
        assert schedule.get_last_lr() == pytest.approx(twin.get_last_lr(), rel=1e-12)
        seen.append(schedule.get_last_lr())
        theirs.step()
        schedule.step()
        twin.step()
    for steps in (7, 0, 10, 3):
        schedule.go_to(steps)
        assert schedule.get_last_lr() == seen[steps]

"""DPO against its formula, and the policy that a reward leads to."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tuiexplain.lab.adapting.preferences import IGNORED, answer_log_prob, best_policy, dpo, kl


def test_log_probability_of_an_answer_leaves_the_prompt_out() -> None:
    torch.manual_seed(0)
    scores = torch.randn(2, 4, 5, dtype=torch.float64)
    targets = torch.tensor([[IGNORED, IGNORED, 3, 1], [IGNORED, 2, 0, IGNORED]])
    odds = scores.log_softmax(-1)
    by_hand = [odds[0, 2, 3] + odds[0, 3, 1], odds[1, 1, 2] + odds[1, 2, 0]]
    assert torch.allclose(answer_log_prob(scores, targets), torch.stack(by_hand), atol=1e-12)


def test_before_training_the_loss_is_ln_2() -> None:
    same = torch.randn(6, dtype=torch.float64)
    other = torch.randn(6, dtype=torch.float64)
    first = dpo(same, other, same, other)
    assert torch.allclose(first.loss, torch.full((6,), math.log(2), dtype=torch.float64))
    assert not first.margin.any()


def test_loss_and_gradient_are_the_formulas() -> None:
    torch.manual_seed(1)
    chosen, rejected = (torch.randn(5, dtype=torch.float64, requires_grad=True) for _ in "ab")
    fixed = [torch.randn(5, dtype=torch.float64) for _ in "ab"]
    beta = 0.3
    pair = dpo(chosen, rejected, *fixed, beta=beta)
    margin = beta * ((chosen - fixed[0]) - (rejected - fixed[1]))
    assert torch.allclose(pair.loss, torch.log(1 + torch.exp(-margin)))
    pair.loss.sum().backward()
    weight = beta * torch.sigmoid(-margin)  # Rafailov et al., section 4, "What does it do?"
    assert torch.allclose(chosen.grad, -weight)
    assert torch.allclose(rejected.grad, weight)


def test_an_answer_that_nobody_mentioned_falls_as_well() -> None:
    """Three answers, one pair: the chosen one takes from both others, as softmax does."""
    scores = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    start = F.log_softmax(torch.zeros(3, dtype=torch.float64), dim=0)
    optimiser = torch.optim.SGD([scores], lr=1.0)
    for _ in range(50):
        optimiser.zero_grad()
        log_p = F.log_softmax(scores, dim=0)
        dpo(log_p[:1], log_p[1:2], start[:1], start[1:2], beta=1.0).loss.sum().backward()
        optimiser.step()
    p = F.softmax(scores, dim=0).detach()
    assert p[0] > 0.5
    assert p[2] < 1 / 3


def test_the_best_policy_is_the_curriculums() -> None:
    policy = best_policy(np.full(3, 1 / 3), np.array([1.0, 0.0, 0.0]), beta=1.0)
    assert policy[0] == pytest.approx(0.576, abs=5e-4)
    assert policy.sum() == pytest.approx(1)
    assert best_policy(np.full(3, 1 / 3), np.array([1e4, 0, 0]), 0.1)[0] == pytest.approx(1)


def test_kl_is_zero_for_the_same_and_above_it_for_others() -> None:
    scores = torch.randn(2, 3, 5, dtype=torch.float64)
    assert kl(scores, scores).item() == pytest.approx(0, abs=1e-12)
    p, q = scores.softmax(-1), (scores * 2).softmax(-1)
    by_hand = (p * (p.log() - q.log())).sum(-1).mean()
    assert kl(scores, scores * 2).item() == pytest.approx(by_hand.item())

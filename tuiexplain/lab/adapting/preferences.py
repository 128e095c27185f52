"""Learning from which of two answers is better: DPO, and what a reward does to a policy.

Rafailov et al., "Direct Preference Optimization" (2023): equation 7 is the loss, equation 4 the
policy that a reward and a KL penalty lead to.
"""

from __future__ import annotations

import copy
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tuiexplain.lab.data.instructions import IGNORED


class Preference(NamedTuple):
    """What one batch of pairs says; each a number per pair."""

    loss: Tensor
    margin: Tensor
    """β·((log π(y⁺) − log π₀(y⁺)) − (log π(y⁻) − log π₀(y⁻))): above 0, the pair is ordered."""
    chosen_reward: Tensor
    """β·(log π(y⁺) − log π₀(y⁺)): the reward that the policy implies."""
    rejected_reward: Tensor


def answer_log_prob(scores: Tensor, targets: Tensor) -> Tensor:
    """Log-probability of each answer: (batch, tokens, vocabulary), (batch, tokens) → (batch).

    Tokens whose target is ``IGNORED`` (the prompt, padding) do not count.
    """
    losses = F.cross_entropy(
        scores.flatten(0, -2), targets.flatten(), ignore_index=IGNORED, reduction="none"
    )
    surprise = losses.view(targets.shape).sum(dim=-1)
    return -surprise


def dpo(
    chosen: Tensor,
    rejected: Tensor,
    reference_chosen: Tensor,
    reference_rejected: Tensor,
    beta: float = 0.1,
) -> Preference:
    """−log σ(β · margin) for each pair, from log-probabilities under the policy and a frozen one."""
    chosen_gained = chosen - reference_chosen
    rejected_gained = rejected - reference_rejected
    good = beta * chosen_gained
    bad = beta * rejected_gained
    margin = good - bad
    # −log σ(m) = log(1 + e^−m), which one operation computes that can be asked about.
    loss = F.softplus(-margin)
    return Preference(loss, margin, good.detach(), bad.detach())


def frozen(model: nn.Module) -> nn.Module:
    """A copy of a model as it is now, that learns nothing and drops nothing: the reference."""
    reference = copy.deepcopy(model).requires_grad_(requires_grad=False)
    return reference.eval()


def compare(scores: Tensor, reference: Tensor, targets: Tensor, beta: float) -> Preference:
    """DPO on a batch whose rows are chosen, rejected, chosen, …

    ``scores`` and ``reference`` are (2 · pairs, tokens, vocabulary), ``targets`` (2 · pairs, tokens).
    """
    chosen, rejected = answer_log_prob(scores.float(), targets).view(-1, 2).unbind(1)
    before = answer_log_prob(reference.float(), targets).view(-1, 2)
    reference_chosen, reference_rejected = before.unbind(1)
    return dpo(chosen, rejected, reference_chosen, reference_rejected, beta)


def reference_scores(reference: nn.Module, inputs: Tensor) -> Tensor:
    """What the frozen model says of a batch: no gradient goes there."""
    with torch.no_grad():
        scores: Tensor = reference(inputs)
    return scores


def kl(scores: Tensor, reference_scores: Tensor) -> Tensor:
    """KL(π ‖ π₀) of the next token, averaged over places: how far a policy has gone."""
    log_p = F.log_softmax(scores, dim=-1)
    log_q = F.log_softmax(reference_scores, dim=-1)
    return (log_p.exp() * (log_p - log_q)).sum(dim=-1).mean()


def best_policy(reference: np.ndarray, reward: np.ndarray, beta: float) -> np.ndarray:
    """π* ∝ π₀ · e^(r/β): what maximises the reward minus β times the KL, in closed form."""
    weights = np.log(reference) + np.asarray(reward) / beta
    weights = np.exp(weights - weights.max())
    policy: np.ndarray = weights / weights.sum()
    return policy

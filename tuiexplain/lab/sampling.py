"""From scores to text: temperature, top-k, top-p, a draw, and again with one token more."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.models import KeyValueCache, LanguageModel, StateCache
from tuiexplain.lab.streams import generator

Numbers = npt.NDArray[np.float64]
Cache = KeyValueCache | StateCache


@dataclass(frozen=True)
class Choice:
    """How the next token is chosen."""

    temperature: float = 1.0
    """Scores are divided by it; 0: always the likeliest token."""
    top_k: int = 0
    """Only so many of the likeliest; 0: all."""
    top_p: float = 1.0
    """Only the likeliest, until together they have this probability."""

    def __post_init__(self) -> None:
        if not (self.temperature >= 0 and self.top_k >= 0 and 0 < self.top_p <= 1):
            raise LabError(
                f"temperature={self.temperature:g} top_k={self.top_k} top_p={self.top_p:g}: "
                "the first two are 0 or more, top_p is above 0 and at most 1."
            )


@dataclass(frozen=True)
class Odds:
    """The next token's probabilities, cut by cut."""

    before: Numbers
    """After the temperature alone."""
    after: Numbers
    """What is drawn from: the cuts made, the rest made to sum to 1 again."""
    left_by_k: float
    """The probability that top-k leaves of 1."""
    left_by_p: float
    """The probability that top-p leaves of what top-k left."""


def odds(scores: npt.ArrayLike, choice: Choice) -> Odds:
    """Probabilities from scores of shape (vocabulary,), in float64 whatever they came in."""
    values = np.asarray(scores, dtype=np.float64)
    if choice.temperature == 0:
        certain = np.zeros_like(values)
        certain[int(values.argmax())] = 1.0
        return Odds(certain, certain, 1.0, 1.0)
    before = _softmax(values / choice.temperature)
    # Of equals the one with the smaller number comes first.
    order = np.argsort(-before, kind="stable")
    keep_k = order[: choice.top_k or None]
    left_by_k = float(before[keep_k].sum())
    running = np.cumsum(before[keep_k]) / left_by_k
    # Up to and including the token with which top_p is reached.
    count = int(np.searchsorted(running, choice.top_p - 1e-12)) + 1
    keep_p = keep_k[:count]
    left_by_p = float(running[min(count, len(running)) - 1])
    after = np.zeros_like(before)
    after[keep_p] = before[keep_p] / before[keep_p].sum()
    return Odds(before, after, left_by_k, left_by_p)


def draw(probabilities: Numbers, random: np.random.Generator) -> int:
    """One token, by where a uniform number falls on the line of probabilities."""
    line = np.cumsum(probabilities)
    place = int(np.searchsorted(line, random.random() * line[-1], side="right"))
    return min(place, int(np.flatnonzero(probabilities)[-1]))


@torch.no_grad()
def generate(
    model: LanguageModel,
    prompt: list[int],
    count: int,
    choice: Choice = Choice(),
    *,
    seed: int = 0,
    cached: bool = True,
) -> Iterator[int]:
    """`count` tokens after the prompt, one by one; the same with a cache and without.

    A model with learnt positions reads at most its context: past that the window moves by one
    token, every position in it changes, and a cache of it is worth nothing: all is read again.
    """
    if not prompt:
        raise LabError("the prompt is empty: give at least one character to go on from.")
    was_training = model.training
    model.eval()
    try:
        tokens = list(prompt)
        cache = model.new_cache() if cached else None
        for position in range(count):
            random = generator(seed, "draw", position)
            scores = next_scores(model, tokens, cache)
            tokens.append(draw(odds(scores, choice).after, random))
            yield tokens[-1]
    finally:
        model.train(was_training)


@dataclass(frozen=True)
class Speech:
    """What a model said after a prompt, and how long it took."""

    tokens: list[int]
    odds: list[Numbers]
    """At each place: the probabilities that were drawn from."""
    cached_seconds: float
    uncached_seconds: float


@torch.no_grad()
def speak(
    model: LanguageModel, prompt: list[int], count: int, choice: Choice = Choice(), seed: int = 0
) -> Speech:
    """As `generate`, with the odds; then the scores of the same tokens once more without a cache.

    Only the model's own work is timed: drawing is the same for both. The median token counts for
    all, so that what else the machine does in between is not the model's.
    """
    if not prompt:
        raise LabError("the prompt is empty: give at least one character to go on from.")
    was_training = model.training
    model.eval()
    try:
        tokens, cache = list(prompt), model.new_cache()
        told: list[Numbers] = []
        cached: list[float] = []
        uncached: list[float] = []
        for position in range(count):
            began = time.perf_counter()
            scores = next_scores(model, tokens, cache)
            cached.append(time.perf_counter() - began)
            began = time.perf_counter()
            next_scores(model, tokens, None)
            uncached.append(time.perf_counter() - began)
            told.append(odds(scores, choice).after)
            tokens.append(draw(told[-1], generator(seed, "draw", position)))
        return Speech(tokens[len(prompt) :], told, _typical(cached), _typical(uncached))
    finally:
        model.train(was_training)


def _typical(seconds: list[float]) -> float:
    """The time of all tokens, were each as the median."""
    return statistics.median(seconds) * len(seconds) if seconds else 0.0


def next_scores(model: LanguageModel, tokens: list[int], cache: Cache | None) -> Numbers:
    """Scores of the token that follows, (vocabulary,); of a cache, only what it lacks is read."""
    device = next(model.parameters()).device
    window = tokens if model.context is None else tokens[-model.context :]
    if len(window) < len(tokens):
        cache = None
    unread = window if cache is None else window[cache.length :]
    scores = model(torch.tensor([unread], device=device), cache)[0, -1]
    return np.asarray(scores.float().cpu().numpy(), dtype=np.float64)


def _softmax(scores: Numbers) -> Numbers:
    powers = np.exp(scores - scores.max())
    normal: Numbers = powers / powers.sum()
    return normal

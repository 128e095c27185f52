"""Rows of attention where it is one operation: the flash kernel of the CPU.

It never makes the matrix of weights; here each weight is worked out where it is needed, from a query
and the keys: p = softmax(q·kᵀ·scale), masked. Arrays are (batch, head, time, feature).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tuiexplain.engine.ops.families import aligned
from tuiexplain.engine.ops.softmax import probability
from tuiexplain.lab.recording.rules.row import Row
from tuiexplain.lab.recording.rules.softmax import log_sum
from tuiexplain.trace.expression import Cell, Constant, Expr, Operand, total


@dataclass(frozen=True)
class Scores:
    """How well each query matches each key that it may look at."""

    query: Operand
    key: Operand
    mask: Operand | None
    causal: bool
    scale: float | None

    @property
    def factor(self) -> Constant:
        """What a match is multiplied with: 1/√d, if nothing else was asked for."""
        found = 1 / math.sqrt(self.query.shape[-1]) if self.scale is None else self.scale
        return Constant(found)

    def seen(self, time: int) -> range:
        """The keys that the query of a time may look at."""
        return range(min(time + 1, self.key.shape[2]) if self.causal else self.key.shape[2])

    def one(self, batch: int, head: int, time: int, j: int) -> Expr:
        """The score of one query and one key."""
        features = range(self.query.shape[-1])
        pairs = (self.query[batch, head, time, k] * self.key[batch, head, j, k] for k in features)
        score = total(pairs) * self.factor
        if self.mask is not None:
            score = score + self.mask[aligned((batch, head, time, j), self.mask.shape)]
        return score

    def row(self, batch: int, head: int, time: int) -> list[Expr]:
        """The scores of one query with every key that it may look at."""
        return [self.one(batch, head, time, j) for j in self.seen(time)]


def why_attention(
    cell: Cell,
    query: Operand,
    key: Operand,
    value: Operand,
    attn_mask: Any,
    *,
    is_causal: bool = False,
    scale: Any = None,
) -> Expr:
    batch, head, time, feature = cell
    row = Scores(query, key, attn_mask, is_causal, scale).row(batch, head, time)
    return total(probability(row, j) * value[batch, head, j, feature] for j in range(len(row)))


def why_log_sum(
    cell: Cell,
    query: Operand,
    key: Operand,
    attn_mask: Any,
    *,
    is_causal: bool = False,
    scale: Any = None,
) -> Expr:
    batch, head, time = cell
    return log_sum(Scores(query, key, attn_mask, is_causal, scale).row(batch, head, time))


@dataclass(frozen=True)
class Slopes:
    """The gradients of the weights p and of the scores, from that of the output."""

    scores: Scores
    grad_out: Operand
    value: Operand
    out: Operand
    logsumexp: Operand

    def weight(self, batch: int, head: int, i: int, j: int) -> Expr:
        """The share of a key in what a query sees: p = e^(score − log Σ e^scores)."""
        score = self.scores.one(batch, head, i, j)
        weight: Any = np.exp(score - self.logsumexp[batch, head, i])
        return weight

    def score(self, batch: int, head: int, i: int, j: int) -> Expr:
        """The gradient of one score: p·(Σ g·v − Σ g·out)."""
        features = range(self.value.shape[-1])
        g = [self.grad_out[batch, head, i, d] for d in features]
        towards = total(g[d] * self.value[batch, head, j, d] for d in features)
        average = total(g[d] * self.out[batch, head, i, d] for d in features)
        return self.weight(batch, head, i, j) * (towards - average)

    def lookers(self, j: int) -> Iterator[int]:
        """The queries that look at key ``j``."""
        return (i for i in range(self.grad_out.shape[2]) if j in self.scores.seen(i))


def by_slopes(reason: Callable[[Cell, Slopes], Expr]) -> Callable[..., Expr]:
    """``reason``, with the slots that every row of the backward pass has."""

    def why(
        cell: Cell,
        grad_out: Operand,
        query: Operand,
        key: Operand,
        value: Operand,
        out: Operand,
        logsumexp: Operand,
        attn_mask: Any,
        *,
        is_causal: bool,
        scale: Any = None,
    ) -> Expr:
        scores = Scores(query, key, attn_mask, is_causal, scale)
        return reason(cell, Slopes(scores, grad_out, value, out, logsumexp))

    return why


def why_query(cell: Cell, slopes: Slopes) -> Expr:
    batch, head, i, d = cell
    scores = slopes.scores
    looked_at = scores.seen(i)
    terms = (slopes.score(batch, head, i, j) * scores.key[batch, head, j, d] for j in looked_at)
    return total(terms) * scores.factor


def why_key(cell: Cell, slopes: Slopes) -> Expr:
    batch, head, j, d = cell
    scores = slopes.scores
    lookers = slopes.lookers(j)
    terms = (slopes.score(batch, head, i, j) * scores.query[batch, head, i, d] for i in lookers)
    return total(terms) * scores.factor


def why_value(cell: Cell, slopes: Slopes) -> Expr:
    batch, head, j, d = cell
    lookers = slopes.lookers(j)
    return total(
        slopes.weight(batch, head, i, j) * slopes.grad_out[batch, head, i, d] for i in lookers
    )


FLASH = "scaled_dot_product_flash_attention_for_cpu"

ROWS: dict[str, Row] = {
    FLASH: Row(
        why_attention, "softmax({query}·{key}ᵀ / √d)·{value}", lambda query, *_, **__: query
    ),
    f"{FLASH}.logsumexp": Row(why_log_sum, "log Σ e^({query}·{key}ᵀ / √d)"),
    f"{FLASH}_backward.query": Row(
        by_slopes(why_query), "p·({grad_out}·{value}ᵀ − Σ {grad_out}·{out})·{key}"
    ),
    f"{FLASH}_backward.key": Row(
        by_slopes(why_key), "(p·({grad_out}·{value}ᵀ − Σ {grad_out}·{out}))ᵀ·{query}"
    ),
    f"{FLASH}_backward.value": Row(by_slopes(why_value), "pᵀ·{grad_out}"),
}

"""Rows of softmax, its logarithm and their derivatives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tuiexplain.engine.ops.families import Stable
from tuiexplain.engine.ops.softmax import line, log_softmax, numbers, probability
from tuiexplain.lab.recording.rules.row import Row
from tuiexplain.trace.expression import Cell, Chosen, Constant, Expr, Operand, total


def place_of(cell: Cell, dim: int) -> int:
    return cell[dim] if cell else 0


def why_softmax(cell: Cell, x: Operand, *, dim: int) -> Expr:
    return probability(line(x, cell, dim), place_of(cell, dim))


def why_safe_softmax(cell: Cell, x: Operand, *, dim: int) -> Expr:
    """As softmax; a line in which everything is masked gives 0."""
    row = line(x, cell, dim)
    if all(r.number == -math.inf for r in row):
        return Chosen(Constant(0.0), row)
    return probability(row, place_of(cell, dim))


def why_log_softmax(cell: Cell, x: Operand, *, dim: int) -> Expr:
    row, place = line(x, cell, dim), place_of(cell, dim)
    written: Any = row[place] - log_sum(row)
    return Stable(written, log_softmax(numbers(row), dim=0)[place])


def log_sum(row: list[Expr]) -> Expr:
    """Log Σ eˣ."""
    log: Any = np.log(total([np.exp(r) for r in row]))
    with np.errstate(all="ignore"):
        return Stable(log, np.logaddexp.reduce(numbers(row)))


def why_logsumexp(cell: Cell, x: Operand, *, dim: Any, keepdim: bool = False) -> Expr:
    (axis,) = [d % len(x.shape) for d in (dim if isinstance(dim, tuple) else (dim,))]
    start = cell if keepdim else (*cell[:axis], 0, *cell[axis:])
    return log_sum(line(x, start, axis))


def why_softmax_backward(cell: Cell, grad_output: Operand, output: Operand, *, dim: int) -> Expr:
    pairs = zip(line(grad_output, cell, dim), line(output, cell, dim), strict=True)
    return output[cell] * (grad_output[cell] - total(a * b for a, b in pairs))


def why_log_softmax_backward(
    cell: Cell, grad_output: Operand, output: Operand, *, dim: int
) -> Expr:
    exponential: Any = np.exp(output[cell])
    return grad_output[cell] - exponential * total(line(grad_output, cell, dim))


ROWS: dict[str, Row] = {
    "softmax": Row(why_softmax, "e^{x} / Σ e^{x}", lambda x, **_: x),
    "safe_softmax": Row(why_safe_softmax, "e^{x} / Σ e^{x}", lambda x, **_: x),
    "log_softmax": Row(why_log_softmax, "{x} − log Σ e^{x}", lambda x, **_: x),
    "logsumexp": Row(why_logsumexp, "log Σ e^{x}"),
    "softmax_backward_data": Row(
        why_softmax_backward, "{output}·({grad_output} − Σ {grad_output}·{output})"
    ),
    "log_softmax_backward_data": Row(
        why_log_softmax_backward, "{grad_output} − e^{output}·Σ {grad_output}"
    ),
}

"""What an operation was given: checked, and axes counted from 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuiexplain.engine.tensors import Tensor

Dim = int | Sequence[int] | None


def one_of(op: str, what: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise ValueError(f"{op}: {what} is '{given}'; it must be one of {', '.join(known)}.")


def some(op: str, given: Sequence[Tensor]) -> None:
    if not len(given):
        raise ValueError(f"{op}: there are no tensors to join.")


def axis(op: str, dim: int, input: Tensor) -> int:
    """``dim`` counted from 0."""
    rank = max(1, input.ndim)
    if not -rank <= dim < rank:
        raise IndexError(f"{op}: there is no axis {dim} in shape {input.shape}.")
    return dim % rank


def axes(op: str, dim: Dim, input: Tensor) -> int | tuple[int, ...] | None:
    if dim is None or (not input.ndim and not isinstance(dim, int)):
        return None
    if isinstance(dim, int):
        return axis(op, dim, input) if input.ndim else None
    return tuple(axis(op, d, input) for d in dim)

"""The same numbers in another shape, in another order, or only some of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tuiexplain.engine import autograd, tensors
from tuiexplain.engine.functional.arguments import axis, some
from tuiexplain.engine.ops import movement

if TYPE_CHECKING:
    from tuiexplain.engine.tensors import Tensor


def reshape(input: Tensor, shape: Sequence[int]) -> Tensor:
    """The same numbers in reading order; one length may be -1, for what remains."""
    known = math.prod(n for n in shape if n != -1)
    rest = input.numel() // known if known else 0
    full = tuple(rest if n == -1 else int(n) for n in shape)
    if math.prod(full) != input.numel() or sum(n == -1 for n in shape) > 1:
        raise ValueError(
            f"reshape: {input.numel()} numbers of shape {input.shape} do not fit {tuple(shape)}."
        )
    kept = 0
    for own, new in zip(input.shape, full, strict=False):
        if own != new:
            break
        kept += 1
    return autograd.apply(movement.RESHAPE, (input,), {"shape": full, "kept": kept})


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The axes from ``start_dim`` to ``end_dim`` become one."""
    if not input.ndim:
        return reshape(input, (1,))
    start, end = axis("flatten", start_dim, input), axis("flatten", end_dim, input)
    merged = math.prod(input.shape[start : end + 1])
    return reshape(input, (*input.shape[:start], merged, *input.shape[end + 1 :]))


def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """A new axis of length 1 at ``dim``."""
    rank = input.ndim + 1
    if not -rank <= dim < rank:
        raise IndexError(f"unsqueeze: {dim} is no place for an axis in shape {input.shape}.")
    shape = list(input.shape)
    shape.insert(dim % rank, 1)
    return reshape(input, shape)


def squeeze(input: Tensor, dim: int | None = None) -> Tensor:
    """Axes of length 1 removed: all, or ``dim`` if it is one."""
    gone = range(input.ndim) if dim is None else [axis("squeeze", dim, input)]
    return reshape(input, [n for i, n in enumerate(input.shape) if n != 1 or i not in gone])


def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """``input`` repeated to ``size``; -1 keeps a length."""
    extra = len(size) - input.ndim
    own = (*[1] * extra, *input.shape)
    shape = tuple(have if want == -1 else want for have, want in zip(own, size, strict=True))
    return autograd.apply(movement.EXPAND, (input,), {"shape": shape})


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two axes exchanged."""
    dims = {"dim0": axis("transpose", dim0, input), "dim1": axis("transpose", dim1, input)}
    return autograd.apply(movement.TRANSPOSE, (input,), dims)


def permute(input: Tensor, dims: Sequence[int]) -> Tensor:
    """The axes in another order."""
    found = tuple(axis("permute", d, input) for d in dims)
    if sorted(found) != list(range(input.ndim)):
        raise ValueError(f"permute: {tuple(dims)} does not name each of {input.ndim} axes once.")
    return autograd.apply(movement.PERMUTE, (input,), {"dims": found})


def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along an axis that they have."""
    some("cat", tensors)
    return autograd.apply(movement.CAT, tuple(tensors), {"dim": axis("cat", dim, tensors[0])})


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors of one shape joined along a new axis."""
    some("stack", tensors)
    return autograd.apply(movement.STACK, tuple(tensors), {"dim": dim % (tensors[0].ndim + 1)})


def embedding(input: Tensor, weight: Tensor) -> Tensor:
    """The rows of ``weight`` (entries, features) that ``input`` (…) counts off: (…, features)."""
    return autograd.apply(movement.EMBEDDING, (weight, input))


def getitem(input: Tensor, index: Any) -> Tensor:
    """``input[index]``."""
    index = index if isinstance(index, tuple) else (index,)
    parts: list[Any] = []
    for i in index:
        part = i.data if isinstance(i, tensors.Tensor) else i
        if isinstance(part, list):
            part = np.asarray(part)
        if isinstance(part, np.ndarray):
            parts.extend(np.nonzero(part) if part.dtype == bool else (part,))
        else:
            parts.append(part)
    used = sum(1 for p in parts if p is not None and p is not Ellipsis)
    if used > input.ndim:
        raise IndexError(f"index: {used} indices for the {input.ndim} axes of shape {input.shape}.")
    if any(p is Ellipsis for p in parts):
        at = next(i for i, p in enumerate(parts) if p is Ellipsis)
        parts[at : at + 1] = [slice(None)] * (input.ndim - used)
    return autograd.apply(movement.INDEX, (input,), {"index": tuple(parts)})

"""Operations on lists of tensors, taken apart: ``_foreach_mul_`` of ten is ten times ``mul_``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

One = tuple[Any, tuple[Any, ...], dict[str, Any], Any]
"""An overload, its arguments, by position and by name, and what came out."""

PREFIX = "aten::_foreach_"


def apart(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any) -> Iterator[One]:
    """What an operation on lists did to each of their members."""
    base = func._schema.name.removeprefix(PREFIX)
    for k, member in enumerate(args[0]):
        own = tuple(_member(a, k) for a in args)
        named = {name: _member(a, k) for name, a in kwargs.items()}
        single, own, named = _single(base, func, own, named)
        yield single, own, named, member if out is None else out[k]


def _member(thing: Any, k: int) -> Any:
    return thing[k] if isinstance(thing, list | tuple) else thing


def _single(
    base: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """The operation on one tensor that does the same; the one on lists if there is none."""
    name = base.rstrip("_")
    if name == "norm":
        return torch.ops.aten.linalg_vector_norm.default, args, kwargs
    if name in ("addcmul", "addcdiv"):
        value = kwargs.pop("value", kwargs.pop("scalars", args[3] if len(args) > 3 else 1))
        args, kwargs = args[:3], {**kwargs, "value": value}
    packet = getattr(torch.ops.aten, base, None)
    last = args[-1] if len(args) > 1 else None
    kinds = ("Tensor", "Tensor_Tensor") if isinstance(last, Tensor) else ("Scalar", "Tensor_Scalar")
    for kind in ("default", *kinds, "Tensor"):
        single = getattr(packet, kind, None)
        if single is not None:
            return single, args, kwargs
    return func, args, kwargs

"""Which tensor went non-finite first, found by doing the step again and looking at everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn


def first_nonfinite(model: nn.Module, loss: Callable[[], Tensor]) -> str | None:
    """In words, or None if all is finite: parameters, then forward, then backward, in that order.

    `loss` does the forward pass of the same step again (the same data and masks). The model's
    gradients are left as this backward pass makes them.
    """
    for name, parameter in model.named_parameters():
        if spoilt(parameter):
            return f"the parameter {name} {extent(parameter)}"
    seen: list[str] = []
    model.zero_grad(set_to_none=True)
    with _watched(model, seen):
        value = loss()
        if not seen and spoilt(value):
            seen.append(f"the loss ({value.item():g}), of scores that are finite")
        if not seen:
            value.backward()
    if not seen:
        seen += [
            f"the gradient of {name} {extent(p.grad)}"
            for name, p in model.named_parameters()
            if p.grad is not None and spoilt(p.grad)
        ]
    return seen[0] if seen else None


def spoilt(tensor: Tensor) -> bool:
    """Whether any number in it is infinite or not a number."""
    return tensor.is_floating_point() and not bool(torch.isfinite(tensor.detach()).all())


def extent(tensor: Tensor) -> str:
    """How many of its numbers are not finite."""
    bad = int((~torch.isfinite(tensor.detach())).sum())
    return f"({bad:,} of {tensor.numel():,} numbers are not finite)"


@contextmanager
def _watched(model: nn.Module, seen: list[str]) -> Iterator[None]:
    """Hooks on every module's output and on the gradient of that output."""
    handles = []

    def told(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def hook(_module: nn.Module, _inputs: Any, output: Any) -> None:
            for tensor in _tensors(output):
                if spoilt(tensor):
                    seen.append(f"the output of {name} {extent(tensor)}")
                elif tensor.requires_grad:
                    tensor.register_hook(gradient_told(name))

        return hook

    def gradient_told(name: str) -> Callable[[Tensor], None]:
        def hook(gradient: Tensor) -> None:
            if spoilt(gradient):
                seen.append(f"the gradient at the output of {name} {extent(gradient)}")

        return hook

    for name, module in model.named_modules():
        if name:
            handles.append(module.register_forward_hook(told(name)))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _tensors(output: Any) -> Iterator[Tensor]:
    if isinstance(output, Tensor):
        yield output
    elif isinstance(output, tuple | list):
        for part in output:
            yield from _tensors(part)

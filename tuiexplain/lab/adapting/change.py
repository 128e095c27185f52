"""What has become of the weights that a run started from: how far each moved, and in how many ways.

The change of a matrix is ΔW = W − W₀. Its singular values tell in how many independent ways it
differs: of an adapter of rank r at most r of them are above zero.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from tuiexplain.lab.adapting.lora import Adapted

MOST_VALUES = 64
"""Singular values that are told, the largest."""
ROUNDING = 1e-5
"""Singular values below this share of the largest are what float32 makes of zero."""


class Changes:
    """The matrices of a model that has learnt before, and what has become of them.

    ``start`` is the checkpoint that they come from; without one, only adapters are known.
    """

    def __init__(self, model: nn.Module, start: Path | None) -> None:
        layers = {n: m for n, m in model.named_modules() if _weight(m) is not None}
        adapted = {n: m for n, m in layers.items() if isinstance(m, Adapted)}
        inside = {f"{name}.base" for name in adapted}
        self.start = start
        self.layers: dict[str, nn.Module] = {}
        seen: set[int] = set()
        for name in sorted(layers, key=lambda name: ".h." not in name):
            module, weight = layers[name], _weight(layers[name])
            shared = id(weight) in seen and name not in adapted  # a head that is the embedding
            if (
                name not in inside
                and not shared
                and (name in adapted or (start is not None and not adapted))
            ):
                self.layers[name] = module
            seen.add(id(weight))
        self._began: dict[str, Tensor] = {}

    @property
    def names(self) -> list[str]:
        """The layers whose weights may have changed: those of the blocks first."""
        return list(self.layers)

    def moved(self) -> Tensor:
        """‖ΔW‖ / ‖W₀‖ of each."""
        norm = torch.linalg.vector_norm
        return torch.stack([norm(self._change(n)) / norm(self._from(n)) for n in self.layers])

    def singular_values(self, name: str) -> Tensor:
        """Of the change of one of them, the largest first; what is only rounding is zero."""
        change = self._change(name)
        if change.device.type == "mps":  # which has no such operation
            change = change.cpu()
        values = torch.linalg.svdvals(change)[:MOST_VALUES]
        return torch.where(values > ROUNDING * values.max(), values, torch.zeros_like(values))

    def _change(self, name: str) -> Tensor:
        layer = self.layers[name]
        if isinstance(layer, Adapted):
            return layer.change().detach().float()
        weight = _weight(layer)
        assert weight is not None
        return weight.detach().float() - self._from(name)

    def _from(self, name: str) -> Tensor:
        """The weight as it was, float32, where the model is."""
        layer = self.layers[name]
        weight = _weight(layer)
        assert weight is not None
        if isinstance(layer, Adapted):
            return weight.detach().float()
        if name not in self._began:
            self._began[name] = self._read(name).to(weight.device)
        return self._began[name]

    def _read(self, name: str) -> Tensor:
        assert self.start is not None
        with safe_open(self.start, "pt") as opened:
            tensor: Tensor = opened.get_tensor(f"model.{name}.weight")
            return tensor.float()


def changes_of(model: nn.Module, start: Path | None) -> Changes:
    """The changes of a model; of a file that cannot be read any more only those of adapters."""
    if start is not None and not _readable(start):
        start = None
    return Changes(model, start)


def _readable(start: Path) -> bool:
    try:
        with safe_open(start, "pt"):
            return True
    except (OSError, SafetensorError):
        return False


def _weight(module: nn.Module) -> Tensor | None:
    """The matrix of a layer; None for what has none."""
    base = module.base if isinstance(module, Adapted) else module
    return base.weight if isinstance(base, nn.Linear | nn.Embedding) else None

"""Low-rank adapters: W stays as it is, and W·x + (α/r)·B·(A·x) is learnt beside it.

Hu et al., "LoRA" (2021), section 4.1. A starts random and B at zero, so that at first nothing is
changed. On the disk an adapter has the layout of the library PEFT; see `layout`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn

from tuiexplain.lab.adapting.layout import WEIGHTS, LoRA, read_config, write_config
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.record import reason
from tuiexplain.lab.streams import torch_seed
from tuiexplain.lab.weights import read_tensors

_PREFIX = "base_model.model."


class Adapted(nn.Module):
    """A frozen layer of weight W, (out, in), with (α/r)·B·A beside it.

    ``A`` is (rank, in), ``B`` (out, rank); one of them starts at zero. An embedding looks rows up:
    its in are the tokens, and the change of its table is turned round.
    """

    base: nn.Linear | nn.Embedding
    keys: tuple[str, str]
    """What PEFT calls A and B."""

    def __init__(self, base: nn.Linear | nn.Embedding, lora: LoRA, columns: int, rows: int) -> None:
        super().__init__()
        if not 1 <= lora.rank <= min(columns, rows):
            raise LabError(
                f"rank={lora.rank}: a layer of {columns} × {rows} has a rank of "
                f"{min(columns, rows)} itself: choose 1 to {min(columns, rows)}."
            )
        self.base, self.scale = base, lora.scale
        place: dict[str, Any] = {"device": base.weight.device, "dtype": base.weight.dtype}
        self.A = nn.Parameter(torch.zeros(lora.rank, columns, **place))
        self.B = nn.Parameter(torch.zeros(rows, lora.rank, **place))
        self.apart: tuple[nn.Parameter] | None = None
        """The base's own weight, while a merged one has its place: no parameter of this layer."""

    def change(self) -> Tensor:
        """(α/r)·B·A: what is added to the weight, (out, in)."""
        return self.scale * (self.B @ self.A)

    def merge(self) -> None:
        """Put the change into the weight itself: inference then costs no more than before.

        The weight that others share (GPT-2's head and embedding) is not theirs any more.
        """
        if self.apart is None:
            self.apart = (cast(nn.Parameter, self.base.weight),)
            merged = self.base.weight.detach() + self._as_kept(self.change().detach())
            self.base.weight = nn.Parameter(merged, requires_grad=False)

    def unmerge(self) -> None:
        """Take it out again, to the very bits."""
        if self.apart is not None:
            (self.base.weight,), self.apart = self.apart, None

    def _as_kept(self, change: Tensor) -> Tensor:
        """The change in the layout of the layer's weight."""
        return change


class AdaptedLinear(Adapted):
    """(…, in) → (…, out). Only A is random at first."""

    keys = ("lora_A.weight", "lora_B.weight")

    def __init__(self, base: nn.Linear, lora: LoRA, generator: torch.Generator) -> None:
        super().__init__(base, lora, base.in_features, base.out_features)
        bound = 1 / math.sqrt(base.in_features)  # Kaiming's uniform with a = √5, as in PEFT
        drawn = torch.rand(self.A.shape, generator=generator) * 2 * bound - bound
        self.A = nn.Parameter(drawn.to(self.A))

    def forward(self, x: Tensor) -> Tensor:
        if self.apart is not None:
            return self.base(x)
        return self.base(x) + self.scale * F.linear(F.linear(x, self.A), self.B)


class AdaptedEmbedding(Adapted):
    """Tokens (…) → vectors (…, width). Only B is random at first, as in PEFT."""

    keys = ("lora_embedding_A", "lora_embedding_B")

    def __init__(self, base: nn.Embedding, lora: LoRA, generator: torch.Generator) -> None:
        super().__init__(base, lora, base.num_embeddings, base.embedding_dim)
        self.B = nn.Parameter(torch.randn(self.B.shape, generator=generator).to(self.B))

    def forward(self, tokens: Tensor) -> Tensor:
        if self.apart is not None:
            return self.base(tokens)
        return self.base(tokens) + self.scale * F.linear(F.embedding(tokens, self.A.T), self.B)

    def _as_kept(self, change: Tensor) -> Tensor:
        return change.T


_KINDS: dict[type[nn.Module], Callable[[Any, LoRA, torch.Generator], Adapted]] = {
    nn.Linear: AdaptedLinear,
    nn.Embedding: AdaptedEmbedding,
}
"""What can be adapted, and by what."""


def adapt(model: nn.Module, lora: LoRA, seed: int) -> int:
    """Freeze a model and put adapters beside its layers; how many numbers are trained now.

    Raises LabError where no layer is called as the targets are, and for a rank that is too high.
    """
    found = {n: m for n, m in model.named_modules() if type(m) in _KINDS}
    names = [name for name in found if lora.wants(name)]
    if not names:
        known = sorted({name.rpartition(".")[2] for name in found})
        raise LabError(
            f"targets={','.join(lora.targets)}: the model has no such layers; "
            f"its layers are called {', '.join(known)}."
        )
    generator = torch.Generator().manual_seed(torch_seed(seed, "adapter"))
    adapted = {name: _KINDS[type(found[name])](found[name], lora, generator) for name in names}
    model.requires_grad_(requires_grad=False)
    for name, layer in adapted.items():
        _put(model, name, layer)
        layer.A.requires_grad_()
        layer.B.requires_grad_()
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def adapters(model: nn.Module) -> Iterator[tuple[str, Adapted]]:
    """The adapted layers, by the paths that they had in the base model."""
    return ((name, m) for name, m in model.named_modules() if isinstance(m, Adapted))


def merge(model: nn.Module) -> None:
    """Merge every adapter."""
    for _, layer in adapters(model):
        layer.merge()


def unmerge(model: nn.Module) -> None:
    """Take every adapter out of the weights again, to the very bits."""
    for _, layer in adapters(model):
        layer.unmerge()


# -- on the disk -----------------------------------------------------------------------------------


def save_adapter(folder: Path, model: nn.Module, lora: LoRA, base: str = "") -> None:
    """Write the adapter of a model in PEFT's layout."""
    tensors = {}
    for name, layer in adapters(model):
        for key, parameter in zip(layer.keys, (layer.A, layer.B), strict=True):
            tensors[f"{_PREFIX}{name}.{key}"] = parameter.detach().cpu().contiguous()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_file(tensors, folder / WEIGHTS, {"format": "pt"})
        write_config(folder, lora, base)
    except OSError as error:
        raise LabError(f"{folder}: the adapter is not written: {reason(error)}.") from None


def load_adapter(folder: Path, model: nn.Module) -> LoRA:
    """Put an adapter in PEFT's layout beside a model's layers; LabError if it is of another."""
    lora = read_config(folder)
    file = folder / WEIGHTS
    waiting = read_tensors(file)
    try:
        adapt(model, lora, seed=0)
    except LabError as error:
        raise LabError(f"{folder} is an adapter of another model: {error}") from None
    for name, layer in adapters(model):
        for key, parameter in zip(layer.keys, (layer.A, layer.B), strict=True):
            weight = waiting.pop(f"{_PREFIX}{name}.{key}", None)
            if weight is None or weight.shape != parameter.shape:
                found = "missing" if weight is None else str(tuple(weight.shape))
                raise LabError(
                    f"{file} is an adapter of another model: {name}.{key} is {found}, and "
                    f"{tuple(parameter.shape)} here."
                )
            with torch.no_grad():
                parameter.copy_(weight)
    if waiting:
        raise LabError(f"{file} is an adapter of another model: {next(iter(waiting))} is too many.")
    return lora


def _put(model: nn.Module, name: str, layer: nn.Module) -> None:
    parent, _, last = name.rpartition(".")
    setattr(model.get_submodule(parent), last, layer)

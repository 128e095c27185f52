"""Low-rank adapters: W stays as it is, and W·x + (α/r)·B·(A·x) is learnt beside it.

Hu et al., "LoRA" (2021), section 4.1. A starts random and B at zero, so that at first nothing is
changed. On the disk an adapter has the layout of the library PEFT: `adapter_config.json` and
`adapter_model.safetensors`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.record import reason
from tuiexplain.lab.streams import torch_seed
from tuiexplain.lab.weights import read_tensors

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_PREFIX = "base_model.model."


@dataclass(frozen=True)
class LoRA:
    """What an adapter is: its rank, its α, and the layers that it is put beside."""

    rank: int = 8
    alpha: float = 16.0
    targets: tuple[str, ...] = ("c_attn", "c_proj", "c_fc")
    """Last names of the linear layers: every layer whose path ends so."""

    @property
    def scale(self) -> float:
        """α / r."""
        return self.alpha / self.rank


class Adapted(nn.Module):
    """A frozen linear layer with a low-rank addition: (…, in) → (…, out).

    ``A`` is (rank, in), ``B`` (out, rank).
    """

    def __init__(self, base: nn.Linear, lora: LoRA, generator: torch.Generator) -> None:
        super().__init__()
        least = min(base.in_features, base.out_features)
        if not 1 <= lora.rank <= least:
            raise LabError(
                f"rank={lora.rank}: a layer of {base.in_features} × {base.out_features} has a "
                f"rank of {least} itself: choose 1 to {least}."
            )
        self.base, self.scale = base, lora.scale
        bound = 1 / math.sqrt(base.in_features)  # Kaiming's uniform with a = √5, as in PEFT
        a = torch.rand(lora.rank, base.in_features, generator=generator) * 2 * bound - bound
        place: dict[str, Any] = {"device": base.weight.device, "dtype": base.weight.dtype}
        self.A = nn.Parameter(a.to(**place))
        self.B = nn.Parameter(torch.zeros(base.out_features, lora.rank, **place))
        self.merged: Tensor | None = None
        """The base's own weight, while it stands aside."""

    def forward(self, x: Tensor) -> Tensor:
        if self.merged is not None:
            return self.base(x)
        return self.base(x) + self.scale * F.linear(F.linear(x, self.A), self.B)

    def change(self) -> Tensor:
        """(α/r)·B·A: what is added to the weight, (out, in)."""
        return self.scale * (self.B @ self.A)

    def merge(self) -> None:
        """Put the change into the weight itself: inference then costs no more than before."""
        if self.merged is None:
            with torch.no_grad():
                self.merged = self.base.weight.detach().clone()
                self.base.weight += self.change()

    def unmerge(self) -> None:
        """Take it out again, to the very bits."""
        if self.merged is not None:
            with torch.no_grad():
                self.base.weight.copy_(self.merged)
            self.merged = None


def adapt(model: nn.Module, lora: LoRA, seed: int) -> int:
    """Freeze a model and put adapters beside its layers; how many numbers are trained now.

    Raises LabError where no layer is called as the targets are, and for a rank that is too high.
    """
    names = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and name.rpartition(".")[2] in lora.targets
    ]
    if not names:
        known = sorted(
            {n.rpartition(".")[2] for n, m in model.named_modules() if isinstance(m, nn.Linear)}
        )
        raise LabError(
            f"targets={','.join(lora.targets)}: the model has no such layers; "
            f"its linear layers are called {', '.join(known)}."
        )
    generator = torch.Generator().manual_seed(torch_seed(seed, "adapter"))
    adapted = {name: Adapted(_linear(model, name), lora, generator) for name in names}
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
        tensors[f"{_PREFIX}{name}.lora_A.weight"] = layer.A.detach().cpu().contiguous()
        tensors[f"{_PREFIX}{name}.lora_B.weight"] = layer.B.detach().cpu().contiguous()
    config = {
        "peft_type": "LORA",
        "task_type": None,
        "base_model_name_or_path": base,
        "r": lora.rank,
        "lora_alpha": lora.alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "target_modules": list(lora.targets),
        "inference_mode": True,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_file(tensors, folder / WEIGHTS, {"format": "pt"})
        (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise LabError(f"{folder}: the adapter is not written: {reason(error)}.") from None


def load_adapter(folder: Path, model: nn.Module) -> LoRA:
    """Put an adapter in PEFT's layout beside a model's layers; LabError if it is of another."""
    lora = _config(folder / CONFIG)
    file = folder / WEIGHTS
    tensors = read_tensors(file)
    adapt(model, lora, seed=0)
    waiting = dict(tensors)
    for name, layer in adapters(model):
        for which, parameter in (("lora_A", layer.A), ("lora_B", layer.B)):
            weight = waiting.pop(f"{_PREFIX}{name}.{which}.weight", None)
            if weight is None or weight.shape != parameter.shape:
                found = "missing" if weight is None else str(tuple(weight.shape))
                raise LabError(
                    f"{file} is an adapter of another model: {name}.{which} is {found}, and "
                    f"{tuple(parameter.shape)} here."
                )
            with torch.no_grad():
                parameter.copy_(weight)
    if waiting:
        raise LabError(f"{file} is an adapter of another model: {next(iter(waiting))} is too many.")
    return lora


def _config(file: Path) -> LoRA:
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        targets = content["target_modules"]
        lora = LoRA(
            int(content["r"]),
            float(content["lora_alpha"]),
            (targets,) if isinstance(targets, str) else tuple(map(str, targets)),
        )
    except OSError as error:
        raise LabError(f"{file}: {reason(error)}; name an adapter's folder.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise LabError(f"{file} does not describe an adapter ({error}).") from None
    unknown = [k for k in ("use_dora", "use_rslora", "fan_in_fan_out") if content.get(k)]
    if content.get("peft_type") != "LORA" or content.get("bias", "none") != "none" or unknown:
        raise LabError(f"{file}: only plain LoRA without biases can be read.")
    return lora


def _linear(model: nn.Module, name: str) -> nn.Linear:
    layer = model.get_submodule(name)
    assert isinstance(layer, nn.Linear)
    return layer


def _put(model: nn.Module, name: str, layer: nn.Module) -> None:
    parent, _, last = name.rpartition(".")
    setattr(model.get_submodule(parent), last, layer)

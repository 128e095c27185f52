"""The weights of a GPT-2 in the Hugging Face layout, put into our GPT."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.models.gpt import GPT

_INDEX = "model.safetensors.index.json"
# Kept as (in, out) by OpenAI's TensorFlow code, and so ever since; `nn.Linear` has (out, in).
_TURNED = ("c_attn.weight", "c_proj.weight", "c_fc.weight")


def load_gpt2(folder: Path, model: GPT) -> None:
    """Copy a folder's weights into a model of its shape; LabError names what does not fit."""
    tensors = _tensors(folder)
    for name, parameter in model.named_parameters():
        key = "transformer.wte.weight" if name == "lm_head.weight" else name
        key = key.removeprefix("transformer.")
        weight = tensors.get(key, tensors.get(f"transformer.{key}"))
        if weight is not None and name.endswith(_TURNED):
            weight = weight.T
        if weight is not None and key == "wpe.weight":
            weight = weight[: model.context]  # a shorter context has fewer positions
        if weight is None or weight.shape != parameter.shape:
            found = "missing" if weight is None else f"{tuple(weight.shape)}"
            raise LabError(
                f"{folder}: {key} is {found}, and {tuple(parameter.shape)} by its config.json."
            )
        with torch.no_grad():
            parameter.copy_(weight)


def _tensors(folder: Path) -> dict[str, Tensor]:
    """Every tensor of the folder's safetensors file, or files; pickled weights are not read."""
    files = [folder / "model.safetensors"]
    try:
        if (folder / _INDEX).exists():
            names = json.loads((folder / _INDEX).read_text())["weight_map"].values()
            files = [folder / name for name in sorted(set(names))]
        tensors: dict[str, Tensor] = {}
        for file in files:
            with safe_open(file, "pt") as opened:
                tensors |= {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, ValueError, KeyError) as error:
        pickled = (folder / "pytorch_model.bin").exists() and not files[0].exists()
        remedy = (
            "pytorch_model.bin is pickled and could run code, it is not read; convert it"
            if pickled
            else "name a folder with config.json and model.safetensors"
        )
        raise LabError(f"{folder}: no weights could be read ({error}); {remedy}.") from None
    return tensors

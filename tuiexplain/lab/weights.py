"""Weights by name, from a checkpoint into a model."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.record import unreadable
from tuiexplain.lab.together.sharding import spread_like


def read_tensors(file: Path) -> dict[str, Tensor]:
    """Every tensor of a file in safetensors; LabError if it cannot be read."""
    try:
        with safe_open(file, "pt") as opened:
            return {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise unreadable(file, error) from None


def load_weights(
    file: Path, model: nn.Module, tensors: dict[str, Tensor], prefix: str = "model."
) -> None:
    """Copy a checkpoint's weights into a model; LabError names the first that does not fit."""
    for name, parameter in model.named_parameters():
        weight = tensors.get(f"{prefix}{name}")
        if weight is None or weight.shape != parameter.shape:
            found = "missing" if weight is None else f"{tuple(weight.shape)}"
            raise LabError(
                f"{file} is of another model: {name} is {found}, and "
                f"{tuple(parameter.shape)} here; resume it with its own settings."
            )
        with torch.no_grad():
            parameter.copy_(spread_like(weight, parameter))

"""Weights by name, from a checkpoint into a model."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from tuiexplain.lab.errors import LabError


def load_weights(file: Path, model: nn.Module, tensors: dict[str, Tensor]) -> None:
    """Copy a checkpoint's weights into a model; LabError names the first that does not fit."""
    for name, parameter in model.named_parameters():
        weight = tensors.get(f"model.{name}")
        if weight is None or weight.shape != parameter.shape:
            found = "missing" if weight is None else f"{tuple(weight.shape)}"
            raise LabError(
                f"{file} is of another model: {name} is {found}, and "
                f"{tuple(parameter.shape)} here; resume it with its own settings."
            )
        with torch.no_grad():
            parameter.copy_(weight)

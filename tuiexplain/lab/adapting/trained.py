"""What of a model is trained: everything, its head, or adapters beside its layers."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from tuiexplain.lab.adapting.lora import LoRA, adapt
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.weights import load_weights, read_tensors

HEAD = ("lm_head", "ln_f")
"""The last names of the modules that make a token of what the blocks give."""


def load_base(file: Path, model: nn.Module) -> None:
    """Put the weights of a checkpoint into a model; LabError if it is of another one."""
    load_weights(file, model, read_tensors(file))


def choose_trained(model: nn.Module, settings: Settings) -> None:
    """Freeze what the method does not train."""
    if settings.method == "lora":
        adapt(model, LoRA(settings.rank, settings.alpha), settings.seed)
    elif settings.method == "head":
        model.requires_grad_(requires_grad=False)
        for name, module in model.named_modules():
            if name.rpartition(".")[2] in HEAD:
                module.requires_grad_()

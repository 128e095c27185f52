"""What of a model is trained: everything, its head, or adapters beside its layers."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from torch import nn

from tuiexplain.lab.adapting.layout import lora_of
from tuiexplain.lab.adapting.lora import adapt, load_adapter, save_adapter
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.models.gpt import GPT
from tuiexplain.lab.models.gpt2 import load_gpt2
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.weights import load_weights, read_tensors

HEAD = ("lm_head", "ln_f")
"""The last names of the modules that make a token of what the blocks give."""


ADAPTER = "adapter"
"""Of a run's folder: what method=lora has learnt, in PEFT's layout."""


def load_base(start: Path, model: nn.Module) -> None:
    """Put the weights of a checkpoint or of a folder with a GPT-2 into a model.

    LabError if they are of another one.
    """
    if start.is_dir():
        load_gpt2(start, cast(GPT, model))
    else:
        load_weights(start, model, read_tensors(start))


def choose_trained(model: nn.Module, settings: Settings, *, fresh: bool = True) -> None:
    """Freeze what the method does not train.

    ``fresh``: the run begins here, with the adapter that it starts from where there is one.
    """
    if settings.method == "lora" and settings.adapter and fresh:
        if load_adapter(Path(settings.adapter), model) != lora_of(settings):
            raise LabError(
                f"{settings.adapter}: its rank, alpha and targets are its own: leave them out."
            )
    elif settings.method == "lora":
        adapt(model, lora_of(settings), settings.seed)
    elif settings.method == "head":
        model.requires_grad_(requires_grad=False)
        for name, module in model.named_modules():
            if name.rpartition(".")[2] in HEAD:
                module.requires_grad_()


def keep_adapter(out: Path, model: nn.Module, settings: Settings) -> None:
    """Write what a run with adapters has learnt into its folder, for PEFT and for others."""
    if settings.method == "lora":
        save_adapter(out / ADAPTER, model, lora_of(settings), settings.base or settings.weights)

"""The lab's networks: ordinary PyTorch modules that know nothing of the lab's machinery."""

from __future__ import annotations

import torch
from torch import nn

from tuiexplain.lab.models.cache import KeyValueCache, StateCache
from tuiexplain.lab.models.cnn import CNN
from tuiexplain.lab.models.gpt import GPT
from tuiexplain.lab.models.recurrent import Recurrent
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.streams import torch_seed

__all__ = ["CNN", "GPT", "KeyValueCache", "LanguageModel", "Recurrent", "StateCache", "build"]

LanguageModel = GPT | Recurrent
_KINDS: dict[str, type[GPT] | type[Recurrent] | type[CNN]] = {
    "gpt": GPT,
    "lstm": Recurrent,
    "gru": Recurrent,
    "cnn": CNN,
}


def build(settings: Settings, classes: int) -> nn.Module:
    """A run's network with the weights that its seed gives, on the CPU: the same everywhere."""
    torch.manual_seed(torch_seed(settings.seed, "weights"))
    return _KINDS[settings.model](settings, classes)

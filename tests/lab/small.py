"""Small runs to test with."""

from typing import Any

import torch

from tuiexplain.lab.data import open_source
from tuiexplain.lab.devices import choose
from tuiexplain.lab.presets import preset
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.trainer import Trainer


def settings(model: str = "gpt", **changes: Any) -> Settings:
    """A network that is built and stepped in milliseconds."""
    small = preset(model, "tiny").changed(device="cpu", threads=1, eval_batches=2)
    return small.changed(**changes)


def trainer(model: str = "gpt", **changes: Any) -> Trainer:
    """A trainer at step 0."""
    asked = settings(model, **changes)
    return Trainer(asked, open_source(asked), choose(asked))


def weights(of: Trainer) -> dict[str, torch.Tensor]:
    """A copy of every weight."""
    return {name: p.detach().clone() for name, p in of.model.named_parameters()}

"""Named settings: what each model is usually trained with, by the size of the machine."""

from __future__ import annotations

import difflib
from typing import Any

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.settings import MODELS, Settings

_TEXT: dict[str, dict[str, Any]] = {
    # Small enough to be read cell by cell: lesson 23.
    "tiny": {"layers": 1, "heads": 2, "width": 16, "context": 12, "batch": 16, "steps": 1500,
             "lr": 5e-3, "min_lr": 5e-4, "warmup": 20, "eval_every": 100, "weight_decay": 0.0},
    # nanoGPT's shakespeare-char on a CPU: published validation loss 1.88 after 2,000 steps.
    "cpu": {},
    # Between the two, for a laptop with a small GPU or some patience.
    "medium": {"layers": 6, "heads": 6, "width": 192, "context": 128, "batch": 32, "steps": 3000,
               "dropout": 0.1},
    # nanoGPT's shakespeare-char on a GPU: published validation loss 1.4697.
    "gpu": {"layers": 6, "heads": 6, "width": 384, "context": 256, "batch": 64, "steps": 5000,
            "dropout": 0.2},
}  # fmt: skip

_RECURRENT: dict[str, dict[str, Any]] = {
    "tiny": {**_TEXT["tiny"], "heads": 1},
    "cpu": {"layers": 2, "heads": 1, "width": 192, "batch": 32, "lr": 3e-3, "min_lr": 3e-4},
    "medium": {**_TEXT["medium"], "layers": 2, "heads": 1, "width": 384, "lr": 2e-3},
    "gpu": {**_TEXT["gpu"], "layers": 3, "heads": 1, "width": 768, "lr": 2e-3},
}

_DIGITS: dict[str, dict[str, Any]] = {
    # Lesson 14's network: 666 parameters.
    "tiny": {"width": 4, "batch": 32, "steps": 900, "lr": 1e-2, "min_lr": 1e-3, "warmup": 20,
             "eval_every": 90, "weight_decay": 0.0},
    # 38,906 parameters, 20 epochs of the 1,437 digits that are learnt from: about 98.8 % right.
    "cpu": {"width": 44, "batch": 32, "steps": 900, "lr": 3e-3, "min_lr": 3e-5, "warmup": 45,
            "eval_every": 90, "weight_decay": 0.01, "dropout": 0.3},
    "medium": {"width": 64, "batch": 32, "steps": 1350, "lr": 2e-3, "min_lr": 2e-5, "warmup": 45,
               "eval_every": 90, "weight_decay": 0.01, "dropout": 0.3},
    "gpu": {"width": 128, "batch": 64, "steps": 1350, "lr": 2e-3, "min_lr": 2e-5, "warmup": 45,
            "eval_every": 90, "weight_decay": 0.01, "dropout": 0.3},
}  # fmt: skip

_TABLES = {"gpt": _TEXT, "lstm": _RECURRENT, "gru": _RECURRENT, "cnn": _DIGITS}

PRESETS = tuple(_TEXT)


def preset(model: str, name: str = "cpu") -> Settings:
    """The settings of a model under a preset's name; LabError lists what there is."""
    if model not in MODELS:
        near = difflib.get_close_matches(model, MODELS, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(MODELS)}."
        raise LabError(f"there is no model `{model}`; {hint}")
    if name not in PRESETS:
        raise LabError(f"there is no preset `{name}`; there are {', '.join(PRESETS)}.")
    return Settings(model=model, **_TABLES[model][name])

"""A folder with a GPT-2 in the Hugging Face layout: its shape, read without torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.settings import Settings

_GELU = {"gelu_new": "tanh", "gelu_pytorch_tanh": "tanh", "gelu": "exact"}


def settings_of(folder: Path, start: Settings) -> Settings:
    """`start` in the shape of the folder's model; LabError if there is no GPT-2 in it."""
    config = _config(folder)
    if float(config.get("layer_norm_epsilon", 1e-5)) != 1e-5:
        raise LabError(f"{folder}: its layer norms have another epsilon than GPT-2's 1e-5.")
    try:
        return start.changed(
            weights=str(folder),
            unit="gpt2",
            layers=config["n_layer"],
            heads=config["n_head"],
            width=config["n_embd"],
            context=config["n_positions"],
            vocabulary=config["vocab_size"],
            gelu=_GELU[config.get("activation_function", "gelu_new")],
            bias=True,
        )
    except KeyError as error:
        raise LabError(f"{folder}/config.json: {error} is not as a GPT-2 has it.") from None


def _config(folder: Path) -> dict[str, Any]:
    file = folder / "config.json"
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise LabError(
            f"{file}: {(error.strerror or str(error)).lower()}; name a folder with config.json "
            "and model.safetensors."
        ) from None
    except ValueError as error:
        raise LabError(f"{file} is not JSON ({error}).") from None
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind != "gpt2":
        raise LabError(f"{folder} holds a model of type {kind}: only gpt2 can be loaded.")
    return dict(config)

"""What an adapter is, and its folder in the layout of the library PEFT. Imports no torch.

`adapter_config.json` says what it is, `adapter_model.safetensors` holds its numbers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.record import reason
from tuiexplain.lab.settings import Settings

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"


@dataclass(frozen=True)
class LoRA:
    """What an adapter is: its rank, its α, and the layers that it is put beside."""

    rank: int = 8
    alpha: float = 16.0
    targets: tuple[str, ...] = ("c_attn", "c_proj", "c_fc")
    """Ends of the paths of layers, as in PEFT: ``c_proj``, or ``mlp.c_proj`` for one kind."""

    @property
    def scale(self) -> float:
        """α / r."""
        return self.alpha / self.rank

    def wants(self, path: str) -> bool:
        """Whether the layer with this path gets an adapter."""
        return any(path == target or path.endswith(f".{target}") for target in self.targets)


def lora_of(settings: Settings) -> LoRA:
    """The adapters that a run's settings ask for."""
    targets = tuple(word.strip() for word in settings.targets.split(",") if word.strip())
    return LoRA(settings.rank, settings.alpha, targets)


def settings_with(folder: Path, settings: Settings) -> Settings:
    """``settings`` of a run that starts with the adapter of a folder."""
    lora = read_config(folder)
    return settings.changed(
        method="lora",
        adapter=str(folder),
        rank=lora.rank,
        alpha=lora.alpha,
        targets=",".join(lora.targets),
    )


def write_config(folder: Path, lora: LoRA, base: str = "") -> None:
    """Write `adapter_config.json`. OSError if the disk refuses."""
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
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def read_config(folder: Path) -> LoRA:
    """What a folder in PEFT's layout says of its adapter; LabError if it holds none of this kind."""
    file = folder / CONFIG
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

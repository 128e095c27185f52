"""Runs on the disk: tensors in safetensors, the rest as JSON in the same file, never pickled code.

One file, so that a checkpoint is whole or not there: it is written beside the former one, forced
to the disk, and then takes its place under its name.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.trainer import Trainer

FORMAT = "tuiexplain run 1"
LATEST, BEST = "latest.safetensors", "best.safetensors"


@dataclass(frozen=True)
class Record:
    """What a checkpoint says besides its tensors."""

    settings: Settings
    step: int
    codec: dict[str, Any] | None
    """How text becomes tokens; None for images."""
    fingerprint: str
    """Of the data that was learnt from."""
    best: tuple[int, float] | None
    """The step with the lowest held-out loss so far, and that loss."""

    def as_json(self) -> str:
        return json.dumps(
            {
                "settings": self.settings.as_json(),
                "step": self.step,
                "codec": self.codec,
                "fingerprint": self.fingerprint,
                "best": self.best,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Record:
        content = json.loads(text)
        return cls(
            settings=Settings.from_json(content["settings"]),
            step=int(content["step"]),
            codec=content["codec"],
            fingerprint=content["fingerprint"],
            best=None if content["best"] is None else (content["best"][0], content["best"][1]),
        )


def save(file: Path, trainer: Trainer, record: Record, *, whole: bool = True) -> None:
    """Write a checkpoint; `whole`: with the optimiser's state, so that training can go on from it.

    LabError if the disk refuses: the former checkpoint is still there.
    """
    tensors = {f"model.{name}": p for name, p in trainer.model.named_parameters()}
    if whole:
        for name, parameter in trainer.model.named_parameters():
            for key, value in trainer.optimizer.state[parameter].items():
                tensors[f"optimizer.{key}.{name}"] = value
    plain = {name: t.detach().to("cpu").contiguous() for name, t in tensors.items()}
    partial = file.with_name(file.name + ".partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        save_file(plain, partial, {"format": FORMAT, "run": record.as_json()})
        _to_disk(partial)
        os.replace(partial, file)
        _to_disk(file.parent)
    except (OSError, SafetensorError) as error:
        partial.unlink(missing_ok=True)
        kept = " the former checkpoint is kept" if file.exists() else " there is none yet"
        raise LabError(
            f"{file.parent}: the checkpoint of step {record.step} could not be written "
            f"({_reason(error)}),{kept}; free space or permissions there."
        ) from None


def read_record(file: Path) -> Record:
    """What a checkpoint says of itself; LabError if it is none of ours or damaged."""
    try:
        with safe_open(file, "pt") as opened:
            metadata = opened.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise _unreadable(file, error) from None
    if metadata.get("format") != FORMAT:
        raise LabError(
            f"{file} holds weights, but not a run of tuiexplain of this version: "
            "start anew, with another --out."
        )
    try:
        return Record.from_json(metadata["run"])
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise LabError(f"{file}: what it says of its run is damaged ({error}); start anew.") from None


def load(file: Path, trainer: Trainer) -> Record:
    """Put a checkpoint's weights, optimiser state and step into a trainer of the same shape."""
    record = read_record(file)
    model, optimizer = trainer.model, trainer.optimizer
    try:
        with safe_open(file, "pt") as opened:
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise _unreadable(file, error) from None
    load_weights(file, model, tensors)
    names = {p: name for name, p in model.named_parameters()}
    state: dict[int, dict[str, Tensor]] = {}
    packed = optimizer.state_dict()
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for index, parameter in enumerate(parameters):
        entry = {
            key: tensors[f"optimizer.{key}.{names[parameter]}"]
            for key in ("step", "exp_avg", "exp_avg_sq")
            if f"optimizer.{key}.{names[parameter]}" in tensors
        }
        if entry:
            state[index] = entry
    if record.step and len(state) < len(parameters):
        raise LabError(f"{file} has no optimiser state: training cannot go on from it.")
    optimizer.load_state_dict({"state": state, "param_groups": packed["param_groups"]})
    trainer.step = record.step
    return record


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


def _unreadable(file: Path, error: Exception) -> LabError:
    if not file.exists():
        return LabError(f"{file} is not there: no checkpoint has been written; start a run first.")
    try:
        with file.open("rb") as opened:
            start = opened.read(2)
    except OSError as unreadable:
        return LabError(f"{file}: {_reason(unreadable)}; name a checkpoint that can be read.")
    # A zip archive, as torch.save writes it, or a bare pickle.
    if start == b"PK" or start[:1] == b"\x80":
        return LabError(
            f"{file} is pickled, and loading it could run code that somebody put there: it is "
            "refused; checkpoints here are safetensors."
        )
    return LabError(
        f"{file} is cut short or not a checkpoint ({_reason(error)}): "
        "delete it, and start anew or resume another."
    )


def _to_disk(path: Path) -> None:
    """Force a file or a folder's entries out of the system's cache."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__

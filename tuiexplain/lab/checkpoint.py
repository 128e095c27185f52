"""Runs on the disk: tensors in safetensors, the rest as JSON in the same file, never pickled code.

One file, so that a checkpoint is whole or not there: it is written beside the former one, forced
to the disk, and then takes its place under its name.
"""

from __future__ import annotations

import os
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.record import FORMAT, Record, read_record, reason
from tuiexplain.lab.together.sharding import all_of, hold_own_part, spread_like
from tuiexplain.lab.trainer import Trainer
from tuiexplain.lab.weights import load_weights, read_tensors

REFERENCE = "reference."
"""Before the names of the model that preferences are learnt against."""


def save(file: Path, trainer: Trainer, record: Record, *, whole: bool = True) -> None:
    """Write a checkpoint; `whole`: with the optimiser's state, so that training can go on from it.

    LabError if the disk refuses: the former checkpoint is still there.
    """
    plain = tensors_of(trainer, whole=whole)
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
            f"({reason(error)}),{kept}; free space or permissions there.",
            "not_saved",
            folder=str(file.parent),
            step=record.step,
            reason=reason(error),
        ) from None


def tensors_of(trainer: Trainer, *, whole: bool = True) -> dict[str, Tensor]:
    """Everything to be written, on the CPU. Of weights that are spread, all processes ask."""
    hold_own_part(trainer.model)
    tensors = {f"model.{name}": p for name, p in trainer.model.named_parameters()}
    if whole:
        for name, parameter in trainer.model.named_parameters():
            # `get`: looking a frozen one up would make an entry for it.
            for key, value in trainer.optimizer.state.get(parameter, {}).items():
                tensors[f"optimizer.{key}.{name}"] = value
        if trainer.reference is not None:
            for name, parameter in trainer.reference.named_parameters():
                tensors[f"{REFERENCE}{name}"] = parameter
    return {name: all_of(t).detach().to("cpu").contiguous() for name, t in tensors.items()}


def load(file: Path, trainer: Trainer) -> Record:
    """Put a checkpoint's weights, optimiser state and step into a trainer of the same shape."""
    record = read_record(file)
    model, optimizer = trainer.model, trainer.optimizer
    hold_own_part(model)
    tensors = read_tensors(file)
    load_weights(file, model, tensors)
    if trainer.reference is not None:
        load_weights(file, trainer.reference, tensors, REFERENCE)
    names = {p: name for name, p in model.named_parameters()}
    state: dict[int, dict[str, Tensor]] = {}
    packed = optimizer.state_dict()
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for index, parameter in enumerate(parameters):
        entry = {
            key: _as_held(tensors[f"optimizer.{key}.{names[parameter]}"], parameter)
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


def _as_held(state: Tensor, parameter: Tensor) -> Tensor:
    """An optimiser's state as its parameter is held: whole, or a part in each process."""
    return spread_like(state, parameter) if state.shape == parameter.shape else state


def _to_disk(path: Path) -> None:
    """Force a file or a folder's entries out of the system's cache."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

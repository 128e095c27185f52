"""Networks that a lesson has trained, for a later lesson to take up."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from tuiexplain.course.places import state_folder
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.record import LATEST, METRICS, Record, read_record

KEPT = "kept"
HERE = "here"
"""The setting of the dial `model` that takes nothing up."""


def _folder(name: str) -> Path:
    return state_folder() / KEPT / name


def kept_file(name: str) -> Path:
    """Where the checkpoint lies that is kept under this name, if one is."""
    return _folder(name) / LATEST


def kept(name: str) -> Record | None:
    """What is kept under this name; ``None`` if nothing is that could be taken up."""
    try:
        return read_record(_folder(name) / LATEST)
    except LabError:
        return None


def keep(run: Path, name: str) -> None:
    """Keep the checkpoint in ``run``, unless the same network was kept after more steps."""
    try:
        record = read_record(run / LATEST)
    except LabError:
        return
    former = kept(name)
    more = former is None or former.step <= record.step or former.settings != record.settings
    if record.step and more:
        with contextlib.suppress(OSError):  # a full disk leaves what was kept before
            _copy(run, _folder(name))


def take(name: str, run: Path) -> None:
    """Put what is kept into ``run``, as if it had been trained there. LabError if that fails."""
    try:
        _copy(_folder(name), run)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LabError(f"{run}: {reason}; free some space, or train a network here.") from None


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in (METRICS, LATEST):  # a folder has a run in it once it has this one
        beside = target / f".{name}"
        shutil.copyfile(source / name, beside)
        os.replace(beside, target / name)

"""The settings of a lesson's run of the lab: its preset, its base, and what the dials say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tuiexplain.course.lab_kept import HERE, kept, kept_file
from tuiexplain.course.lesson import Part
from tuiexplain.course.schema import LabSpec, Setting
from tuiexplain.lab.adapting.start import settings_from
from tuiexplain.lab.data.shipped import FACTS, PAIRS, PLAYS, POEMS, TASKS, shipped
from tuiexplain.lab.presets import preset
from tuiexplain.lab.settings import Settings

NO_SETTINGS = ("preset", "data", "prompt", "model", "base")
"""Dials that are not settings of the run."""
TEXTS = {"plays": PLAYS, "poems": POEMS, "tasks": TASKS, "facts": FACTS, "pairs": PAIRS}
"""The dial ``data``: texts that come with the program."""


def lab_settings(
    part: Part, dials: Mapping[str, Setting], seed: int, file: Path | None = None
) -> Settings:
    """The settings of a part's run, under these dials; LabError where they do not go together."""
    lab = part.spec.lab
    assert lab is not None
    settings = preset(lab.model, str(dials.get("preset", lab.preset)))
    settings = settings.changed(seed=seed, **lab.settings)
    base = _base(lab, dials)
    if base:
        settings = settings_from(base, settings)
    changes: dict[str, Any] = {k: v for k, v in dials.items() if k not in NO_SETTINGS}
    if "lr" in changes:
        # As much above its end as before.
        changes["min_lr"] = settings.min_lr * float(changes["lr"]) / (settings.lr or 1.0)
    if file is None and lab.model != "cnn":
        told = lab.settings.get("data", "tasks" if base else "plays")
        file = shipped(TEXTS[str(dials.get("data", told))])
    return settings.changed(**changes, data="" if file is None else str(file))


def _base(lab: LabSpec, dials: Mapping[str, Setting]) -> str:
    """What a run starts from, in the words of the setting."""
    choice = str(dials.get("base", lab.settings.get("base", "")))
    return str(kept_file(lab.bases[choice])) if choice in lab.bases else choice


def wanting(part: Part, dials: Mapping[str, Setting]) -> str | None:
    """Which dial asks for a kept network where none is kept; ``None`` if all is there."""
    lab = part.spec.lab
    assert lab is not None
    base = lab.bases.get(str(dials.get("base", "")))
    if base is not None and kept(base) is None:
        return "base"
    if lab.takes and dials.get("model", HERE) != HERE and kept(lab.takes) is None:
        return "model"
    return None

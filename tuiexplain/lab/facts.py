"""What short runs give, for the check of a lesson.

A task is ``[{"settings", "steps"}]``; its answer, for each run, ``{"loss", "val_loss", "parameters",
"vocabulary", "step"}``: the losses by step, and of a run of no steps its first step, recorded.
"""

from __future__ import annotations

import json
from typing import Any

from tuiexplain.lab.data import open_source
from tuiexplain.lab.devices import choose
from tuiexplain.lab.entering import OpenStep
from tuiexplain.lab.evaluation import evaluate
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.trainer import Trainer


def answer(task: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each run gives."""
    return [_run(**told) for told in task]


def _run(settings: dict[str, Any], steps: int) -> dict[str, Any]:
    asked = Settings.from_json(settings)
    trainer = Trainer(asked, open_source(asked), choose(asked))
    told: dict[str, Any] = {
        "parameters": trainer.parameters,
        "vocabulary": trainer.source.classes,
        "loss": {},
        "val_loss": {},
    }
    if steps == 0:
        told["step"] = json.loads(OpenStep(trainer).entered().content)
    for step in range(steps + 1):
        if steps and step in (0, steps):
            told["val_loss"][str(step)] = evaluate(trainer, "val").loss
        if step < steps:
            told["loss"][str(step)] = trainer.advance().loss
    return told

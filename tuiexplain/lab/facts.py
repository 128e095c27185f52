"""What short runs give, for the check of a lesson.

A task is ``[{"settings", "steps"}]``; its answer, for each run, ``{"loss", "val_loss", "solved",
"base_loss", "parameters", "vocabulary", "step"}``: the losses by step (and what tasks tell), and of
a run of no steps its first step, recorded.
"""

from __future__ import annotations

import json
from typing import Any

from tuiexplain.lab.adapting.start import base_file, codec_of, former_text
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
    source = open_source(asked, codec_of(asked))
    base = base_file(asked.base) if asked.base else None
    trainer, former = Trainer(asked, source, choose(asked), base), former_text(asked, source)
    told: dict[str, Any] = {
        "parameters": trainer.parameters,
        "vocabulary": trainer.source.classes,
        "loss": {},
        "val_loss": {},
        "solved": {},
        "base_loss": {},
    }
    if steps == 0:
        told["step"] = json.loads(OpenStep(trainer).entered().content)
    for step in range(steps + 1):
        if steps and step in (0, steps):
            held_out = evaluate(trainer, "val")
            told["val_loss"][str(step)] = held_out.loss
            if held_out.solved is not None:
                told["solved"][str(step)] = held_out.solved
            if former is not None:
                told["base_loss"][str(step)] = evaluate(trainer, "val", former).loss
        if step < steps:
            told["loss"][str(step)] = trainer.advance().loss
    return told

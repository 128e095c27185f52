"""What short runs give, for the check of a lesson.

A task is ``[{"settings", "steps", "wanted"}]``; its answer, for each run, ``{"loss", "val_loss",
"base_loss", "parameters", "vocabulary", "step"}`` and what is `MEASURED`: the losses by step (and what
answers tell; of what takes an evaluation only what is ``wanted``), and of a run of no steps its first
step, recorded.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from tuiexplain.lab.adapting.start import base_file, codec_of, former_text
from tuiexplain.lab.data import Source, open_source
from tuiexplain.lab.devices import choose
from tuiexplain.lab.entering import OpenStep
from tuiexplain.lab.evaluation import evaluate
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.trainer import Trainer

MEASURED = ("solved", "accuracy", "margin", "kl", "chosen", "rejected")
"""Of a `Score` on what was held out, where it has them."""


OF_TRAINING = (
    "batch",
    "lr",
    "min_lr",
    "warmup",
    "weight_decay",
    "steps",
    "method",
    "rank",
    "alpha",
)
"""Settings that say nothing of the text: runs that differ in no others read the same."""


def answer(task: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each run gives."""
    sources: dict[str, Source] = {}
    return [_run(sources, **told) for told in task]


def _source(sources: dict[str, Source], asked: Settings) -> Source:
    """What a run learns from, read once for all that read the same."""
    told = {name: value for name, value in asked.as_json().items() if name not in OF_TRAINING}
    key = json.dumps(told, sort_keys=True)
    if key not in sources:
        sources[key] = open_source(asked, codec_of(asked))
    return sources[key]


def _run(
    sources: dict[str, Source], settings: dict[str, Any], steps: int, wanted: Collection[str]
) -> dict[str, Any]:
    asked = Settings.from_json(settings)
    source = _source(sources, asked)
    base = base_file(asked.base) if asked.base else None
    trainer, former = Trainer(asked, source, choose(asked), base), former_text(asked, source)
    told: dict[str, Any] = {
        "parameters": trainer.parameters,
        "vocabulary": trainer.source.classes,
        "loss": {},
        "val_loss": {},
        "base_loss": {},
        **{name: {} for name in MEASURED},
    }
    if steps == 0:
        told["step"] = json.loads(OpenStep(trainer).entered().content)
    for step in range(steps + 1):
        if steps and step in (0, steps):
            if {"val_loss", *MEASURED}.intersection(wanted):
                held_out = evaluate(trainer, "val")
                told["val_loss"][str(step)] = held_out.loss
                for name in MEASURED:
                    if (value := getattr(held_out, name)) is not None:
                        told[name][str(step)] = value
            if former is not None and "base_loss" in wanted:
                told["base_loss"][str(step)] = evaluate(trainer, "val", former).loss
        if step < steps:
            told["loss"][str(step)] = trainer.advance().loss
    return told

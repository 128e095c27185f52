"""The evaluations of a run as lines of a file, and going back to an earlier one of them."""

from __future__ import annotations

import json
from pathlib import Path

from tuiexplain.lab.protocol import Evaluated


def keep(metrics: Path, evaluated: Evaluated) -> None:
    """Write an evaluation down; OSError where the disk refuses."""
    metrics.parent.mkdir(parents=True, exist_ok=True)
    with metrics.open("a") as lines:
        lines.write(json.dumps(evaluated.as_json()) + "\n")


def forget_after(metrics: Path, step: int) -> float:
    """Drop what was written after the checkpoint that is gone on from; the seconds until then."""
    kept: list[str] = []
    seconds = 0.0
    if metrics.exists():
        for line in metrics.read_text().splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # cut short by a kill
            if entry["step"] <= step:
                kept.append(line + "\n")
                seconds = entry["seconds"]
        metrics.write_text("".join(kept))
    return seconds

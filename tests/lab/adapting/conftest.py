"""Tasks, and a run to start from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.lab.small import trainer
from tuiexplain.lab import checkpoint
from tuiexplain.lab.data.instructions import Pair
from tuiexplain.lab.record import LATEST, Record

PAIRS = [Pair(f"upper {word}", word.upper()) for word in ("a", "bc", "de", "fgh", "ij", "k")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Six tasks."""
    lines = [json.dumps(pair._asdict()) for pair in PAIRS]
    (tmp_path / "tasks.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "tasks.jsonl"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A run of bytes that has learnt nothing to speak of."""
    run = trainer(unit="bytes", context=24)
    run.advance()
    told = Record(
        run.settings, run.step, run.source.codec.as_json(), run.source.fingerprint(), None
    )
    checkpoint.save(tmp_path / "base" / LATEST, run, told)
    return tmp_path / "base"

"""Prompts and answers: what is learnt of them, what is refused, and a model that learns them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.lab.adapting.conftest import PAIRS
from tests.lab.small import settings, weights
from tuiexplain.lab import checkpoint
from tuiexplain.lab.adapting.start import base_file, settings_from
from tuiexplain.lab.data import open_source
from tuiexplain.lab.data.codecs import Bytes
from tuiexplain.lab.data.instructions import IGNORED, Instructions, Pair, read_pairs
from tuiexplain.lab.devices import choose
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.evaluation import evaluate
from tuiexplain.lab.record import LATEST, Record
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.trainer import Trainer


def tuned(base: Path, file: Path, **changes: Any) -> Trainer:
    asked = settings_from(str(base), settings(data=str(file), warmup=0)).changed(**changes)
    return Trainer(asked, open_source(asked), choose(asked), base_file(asked.base))


# -- the examples ----------------------------------------------------------------------------------


def test_only_the_answer_and_its_end_are_learnt() -> None:
    source = Instructions("tasks", PAIRS, Bytes(), context=16)
    inputs, targets = source.lay_out(Pair("upper bc", "BC"))
    text = b"upper bc\nBC\n"
    assert bytes(inputs[: len(text) - 1].astype(np.uint8)) == text[:-1]
    learnt = targets != IGNORED
    assert bytes(targets[learnt].astype(np.uint8)) == b"BC\n"
    assert learnt.nonzero()[0].tolist() == [8, 9, 10]  # after the prompt's end, B and C


def test_a_tenth_is_held_out_and_a_batch_follows_from_its_seed() -> None:
    pairs = [Pair(f"p{i}", str(i)) for i in range(100)]
    source = Instructions("tasks", pairs, Bytes(), context=16)
    assert len(source.splits["val"]) == 10
    assert not set(source.splits["val"]) & set(source.splits["train"])
    first, again, other = source.batch(1, 5, 4), source.batch(1, 5, 4), source.batch(1, 6, 4)
    assert (first[0] == again[0]).all()
    assert (first[0] != other[0]).any()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: this is not JSON"),
        ('{"prompt": "a"}', "line 2: `answer` is missing"),
        ('["a", "b"]', "line 2: `prompt` is missing"),
        ('{"prompt": "a", "answer": " "}', "line 2: `answer` is empty"),
        ('{"prompt": "a", "answer": 3}', "line 2: `answer` is missing"),
    ],
)
def test_a_line_that_is_no_instruction_is_named(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "tasks.jsonl"
    file.write_text('{"prompt": "a", "answer": "b"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(LabError, match=message):
        read_pairs(file)


def test_a_file_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="is not there"):
        read_pairs(tmp_path / "none.jsonl")
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LabError, match="not UTF-8"):
        read_pairs(tmp_path / "binary.jsonl")
    with pytest.raises(LabError, match="too few"):
        Instructions("one", PAIRS[:1], Bytes(), 16)
    with pytest.raises(LabError, match="are read at once: shorten them"):
        Instructions("long", [*PAIRS, Pair("x" * 40, "y")], Bytes(), 16)


# -- the model that learns them --------------------------------------------------------------------


def test_it_starts_as_its_base_and_learns(base: Path, file: Path) -> None:
    run = tuned(base, file, lr=1e-2, batch=8)
    assert run.settings.unit == "bytes"
    before = evaluate(run, "train")
    assert before.solved == 0.0
    for _ in range(150):
        run.advance()
    after = evaluate(run, "train")
    assert after.loss < before.loss / 5
    assert after.solved == 1.0


def test_what_counts_as_answered_is_what_the_model_would_say(base: Path, file: Path) -> None:
    run = tuned(base, file, lr=1e-2, batch=8)
    for _ in range(40):
        run.advance()
    run.model.eval()
    said = 0
    for pair in run.source.splits["train"]:
        tokens = list(f"{pair.prompt}\n".encode())
        start = len(tokens)
        for _ in range(len(pair.answer) + 1):
            with torch.no_grad():
                tokens.append(int(run.model(torch.tensor([tokens]))[0, -1].argmax()))
        said += bytes(tokens[start:]) == f"{pair.answer}\n".encode()
    assert evaluate(run, "train").solved == said / len(run.source.splits["train"])


@pytest.mark.parametrize("method", ["head", "lora"])
def test_what_is_frozen_stays_and_what_is_trained_is_counted(
    base: Path, file: Path, method: str
) -> None:
    run = tuned(base, file, method=method, rank=2, lr=1e-2)
    before = weights(run)
    for _ in range(3):
        run.advance()
    moved = {name for name, w in weights(run).items() if not torch.equal(w, before[name])}
    free = {name for name, p in run.model.named_parameters() if p.requires_grad}
    assert moved == free
    assert 0 < run.trained < run.parameters
    assert run.trained == sum(p.numel() for n, p in run.model.named_parameters() if n in free)


@pytest.mark.parametrize("method", ["full", "head", "lora"])
def test_a_resumed_run_goes_on_exactly(base: Path, file: Path, tmp_path: Path, method: str) -> None:
    run = tuned(base, file, method=method, rank=2)
    for _ in range(3):
        run.advance()
    told = Record(run.settings, run.step, run.source.codec.as_json(), "", None)
    checkpoint.save(tmp_path / LATEST, run, told)
    losses = [run.advance().loss for _ in range(3)]
    again = Trainer(run.settings, run.source, choose(run.settings))
    checkpoint.load(tmp_path / LATEST, again)
    assert [again.advance().loss for _ in range(3)] == losses


def test_what_cannot_be_started_from(base: Path, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="holds no checkpoint"):
        settings_from(str(tmp_path / "base" / ".."), settings())
    with pytest.raises(LabError, match="is a gpt, not a lstm"):
        settings_from(str(base), settings("lstm"))
    with pytest.raises(LabError, match="say which with base="):
        Settings(method="lora")

"""Preferences: how they are read, the loss and gradients of a run, its resumption, its measures."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.lab.small import settings, trainer, weights
from tuiexplain.lab import checkpoint
from tuiexplain.lab.adapting.preferences import frozen
from tuiexplain.lab.adapting.start import base_file, settings_from
from tuiexplain.lab.data import Preferences, open_source
from tuiexplain.lab.data.codecs import Bytes
from tuiexplain.lab.data.instructions import IGNORED
from tuiexplain.lab.data.preferences import Comparison, read_comparisons
from tuiexplain.lab.devices import choose
from tuiexplain.lab.entering import recorded
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.evaluation import evaluate
from tuiexplain.lab.record import LATEST, Record
from tuiexplain.lab.trainer import Trainer
from tuiexplain.trace.why import why

WORDS = ("a", "bc", "de", "fgh", "ij", "k", "lm", "no")
COMPARISONS = [Comparison(f"upper {w}", f"{w.upper()}, sir", f"{w.upper()}, fool") for w in WORDS]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    told = tmp_path / "pairs.jsonl"
    told.write_text("\n".join(json.dumps(c._asdict()) for c in COMPARISONS), encoding="utf-8")
    return told


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A run of bytes that has learnt a little."""
    run = trainer(unit="bytes", context=24)
    for _ in range(30):
        run.advance()
    folder = tmp_path / "base"
    told = Record(run.settings, run.step, run.source.codec.as_json(), "", None)
    checkpoint.save(folder / LATEST, run, told)
    return folder


def started(base: Path, file: Path, **changes: Any) -> Trainer:
    asked = settings_from(str(base), settings(data=str(file), warmup=0, batch=3, held_out=0.25))
    asked = asked.changed(**changes)
    return Trainer(asked, open_source(asked), choose(asked), base_file(asked.base))


# -- a plain reference: a pair at a time, written out ----------------------------------------------


def said(model: nn.Module, row: Tensor, targets: Tensor) -> Tensor:
    """The log-probability of one answer, token by token."""
    total = torch.zeros(())
    scores = model(row[None])[0]
    for place, target in enumerate(targets.tolist()):
        if target != IGNORED:
            total = total + scores[place, target] - torch.logsumexp(scores[place], dim=0)
    return total


def plain(model: nn.Module, reference: nn.Module, batch: tuple[Tensor, Tensor], b: float) -> Tensor:
    """DPO as equation 7 has it."""
    losses = []
    for i in range(0, len(batch[0]), 2):
        good, bad = ((batch[0][k], batch[1][k]) for k in (i, i + 1))
        with torch.no_grad():
            before = said(reference, *good) - said(reference, *bad)
        margin = b * (said(model, *good) - said(model, *bad) - before)
        losses.append(torch.log(1 + torch.exp(-margin)))
    return torch.stack(losses).mean()


def test_losses_and_gradients_are_those_of_the_plain_formula(base: Path, file: Path) -> None:
    run = started(base, file, lr=3e-3, beta=0.3, clip=0.0)
    reference = frozen(run.model)
    for _ in range(6):
        batch = run.batch(0)
        expected = plain(run.model, reference, batch, 0.3)
        names, parameters = zip(*run.model.named_parameters(), strict=True)
        gradients = dict(zip(names, torch.autograd.grad(expected, parameters), strict=True))
        step = run.advance()
        assert step.loss == pytest.approx(expected.item(), abs=1e-6)
        for name, parameter in run.model.named_parameters():
            assert parameter.grad is not None
            assert (parameter.grad - gradients[name]).abs().max() <= 1e-6, name


@pytest.mark.parametrize("method", ["full", "head", "lora"])
def test_the_first_loss_is_ln_2_and_the_reference_stays(
    base: Path, file: Path, method: str
) -> None:
    run = started(base, file, method=method, rank=2, lr=1e-2)
    assert run.reference is not None
    fixed = [p.clone() for p in run.reference.parameters()]
    first = evaluate(run, "val")
    assert (first.margin, first.kl, first.accuracy) == (0.0, 0.0, 0.5)
    assert run.advance().loss == pytest.approx(math.log(2), abs=1e-6)
    for _ in range(4):
        assert run.advance().loss < math.log(2)
    assert all(torch.equal(a, b) for a, b in zip(fixed, run.reference.parameters(), strict=True))
    assert not any(p.requires_grad for p in run.reference.parameters())


def test_with_beta_0_nothing_is_learnt(base: Path, file: Path) -> None:
    run = started(base, file, beta=0.0, weight_decay=0.0)
    before = weights(run)
    assert run.advance().loss == pytest.approx(math.log(2), abs=1e-6)
    assert all(torch.equal(w, before[name]) for name, w in weights(run).items())


def test_measures_are_those_of_the_held_out_pairs_one_by_one(base: Path, file: Path) -> None:
    run = started(base, file, lr=1e-2, beta=0.3)
    for _ in range(8):
        run.advance()
    score = evaluate(run, "val")
    run.model.eval()
    assert run.reference is not None
    inputs, targets = run.to_device(*next(run.source.evaluation("val", 1, 100)))
    assert len(inputs) == 4
    with torch.no_grad():
        now = torch.stack([said(run.model, *row) for row in zip(inputs, targets, strict=True)])
        then = torch.stack([said(run.reference, *row) for row in zip(inputs, targets, strict=True)])
    better, worse = (now - then).view(-1, 2).unbind(1)
    assert score.chosen == pytest.approx(better.mean().item(), abs=1e-5)
    assert score.rejected == pytest.approx(worse.mean().item(), abs=1e-5)
    assert score.margin == pytest.approx(0.3 * (better - worse).mean().item(), abs=1e-5)
    assert score.accuracy == (better > worse).float().mean().item()
    assert score.kl is not None
    assert score.kl > 0


@pytest.mark.parametrize("method", ["full", "lora"])
def test_a_resumed_run_goes_on_exactly(base: Path, file: Path, tmp_path: Path, method: str) -> None:
    run = started(base, file, method=method, rank=2)
    for _ in range(3):
        run.advance()
    told = Record(run.settings, run.step, run.source.codec.as_json(), "", None)
    checkpoint.save(tmp_path / LATEST, run, told)
    again = Trainer(run.settings, run.source, choose(run.settings))
    checkpoint.load(tmp_path / LATEST, again)
    assert evaluate(again, "val") == evaluate(run, "val")
    losses = [run.advance().loss for _ in range(3)]
    assert [again.advance().loss for _ in range(3)] == losses


def test_an_opened_step_has_the_reference_in_it_and_every_operation_has_its_reason(
    base: Path, file: Path
) -> None:
    run = started(base, file, lr=1e-2)
    run.advance()
    trace, finite = recorded(run)
    assert finite
    frozen_ones = [v for v in trace.values if v.name.startswith("reference.")]
    assert run.reference is not None
    assert {v.name for v in frozen_ones} >= {
        f"reference.{name}" for name, _ in run.reference.named_parameters()
    }
    assert not any(v.name.startswith("reference.") and v.of for v in trace.values)
    for event in trace.events:
        value = trace.values[event.output]
        told = why(trace, value, (0,) * len(value.shape))
        assert told.total == pytest.approx(told.number, rel=1e-4, abs=1e-6), value.name
    assert trace.value("margin").shape == (3,)


# -- the data --------------------------------------------------------------------------------------


def test_a_comparison_is_two_rows_that_differ_in_the_answer() -> None:
    source = Preferences("pairs", COMPARISONS, Bytes(), 24, 0.25)
    inputs, targets = source.batch(1, 0, 3)
    assert inputs.shape == targets.shape == (6, 24)
    for i in range(0, 6, 2):
        good, bad = (bytes(t[t != IGNORED].astype(np.uint8)).decode() for t in targets[i : i + 2])
        assert good.endswith(", sir\n")
        assert bad.endswith(", fool\n")
        assert good.split(",")[0] == bad.split(",")[0]
    assert [len(part) for part in source.splits.values()] == [6, 2]


GOOD = '{"prompt": "a", "chosen": "b", "rejected": "c"}\n'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", 'line 2: this is not JSON; write {"prompt"'),
        ('{"prompt": "a", "chosen": "b"}', "line 2: `rejected` is missing; write"),
        ('{"prompt": "a", "answer": "b"}', "line 2: `chosen` is missing"),
        ('{"prompt": "a", "chosen": "", "rejected": "c"}', "line 2: `chosen` is empty"),
        ('{"prompt": "a", "chosen": "b", "rejected": " b"}', "line 2: .* are the same"),
    ],
)
def test_a_line_that_is_no_comparison_is_named(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text(GOOD + line + "\n", encoding="utf-8")
    with pytest.raises(LabError, match=message):
        read_comparisons(file)


def test_what_cannot_be_learnt_is_told(base: Path, file: Path) -> None:
    with pytest.raises(LabError, match="say which with base="):
        open_source(settings(data=str(file)))
    with pytest.raises(LabError, match="1 preferences are too few"):
        Preferences("one", COMPARISONS[:1], Bytes(), 24)
    with pytest.raises(LabError, match="are read at once: shorten them"):
        Preferences("long", [*COMPARISONS, Comparison("x", "y", "z" * 30)], Bytes(), 24)
    mixed = started(base, file).source.fingerprint()
    file.write_text(file.read_text().replace("fool", "knave"), encoding="utf-8")
    asked = settings_from(str(base), settings(data=str(file)))
    with pytest.raises(LabError, match="has changed since this run began"):
        open_source(asked, None, mixed)
